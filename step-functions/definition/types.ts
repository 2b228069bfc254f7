/**
 * The subset of the Amazon States Language with JSONPath that this project uses.
 * @see https://states-language.net/spec.html
 */
export interface StateMachine {
  readonly Comment?: string;
  readonly StartAt: string;
  readonly TimeoutSeconds?: number;
  readonly States: Readonly<Record<string, State>>;
}

export type State = TaskState | PassState | ChoiceState | SucceedState | FailState;

/**
 * A payload template, for `Parameters` and `ResultSelector`. Keys that end with `.$` are paths or intrinsic functions.
 */
export type Template = { readonly [key: string]: TemplateValue };
export type TemplateValue = string | number | boolean | null | Template | readonly TemplateValue[];

interface Next {
  readonly Next?: string;
  readonly End?: true;
}

export interface TaskState extends Next {
  readonly Type: 'Task';
  readonly Comment?: string;
  readonly Resource: string;
  readonly Parameters?: Template;
  readonly ResultSelector?: Template;
  /** Absent: the result replaces the state's whole data. */
  readonly ResultPath?: string | null;
  readonly TimeoutSeconds?: number;
  readonly HeartbeatSeconds?: number;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxDelaySeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly ResultPath?: string | null;
  readonly Next: string;
}

export interface PassState extends Next {
  readonly Type: 'Pass';
  readonly Comment?: string;
  readonly Parameters?: Template;
  readonly Result?: TemplateValue;
  readonly ResultPath?: string | null;
}

export interface ChoiceState {
  readonly Type: 'Choice';
  readonly Comment?: string;
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
}

export interface ChoiceRule {
  readonly Variable: string;
  readonly BooleanEquals: boolean;
  readonly Next: string;
}

export interface SucceedState {
  readonly Type: 'Succeed';
  readonly Comment?: string;
}

export interface FailState {
  readonly Type: 'Fail';
  readonly Comment?: string;
  readonly Error?: string;
  readonly ErrorPath?: string;
  readonly Cause?: string;
  readonly CausePath?: string;
}
