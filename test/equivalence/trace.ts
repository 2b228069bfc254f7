import { firstStage, flow, type Stage } from '@etl/pipeline/flow';

/**
 * Outcome of an attempt, in terms common to both engines: `ok`, `error`, `conflict`, `missing`, `superseded`,
 * `misconfigured`, `credentials`, `timeout 60 s`.
 */
export type AttemptEnd = string;

/** One visit of a stage. Seconds are in the engine's own time. */
export interface StageTrace {
  readonly stage: Stage;
  readonly attempts: readonly AttemptEnd[];
  /** Between the attempts. */
  readonly waits: readonly number[];
  /** Before the first attempt. */
  readonly before: number;
}

/** The first line of a message, and the attributes that programs read. */
export interface SentMessage {
  readonly topic: string;
  readonly firstLine: string;
  readonly outcome: string;
  readonly failureType?: string;
}

/** Returns the compared part of a message with these attributes. */
export function sentMessage(topic: string, body: string, attributes: Readonly<Record<string, string>>): SentMessage {
  const { outcome = 'none', failureType } = attributes;
  return { topic, firstLine: body.split('\n')[0] ?? '', outcome, ...(failureType !== undefined && { failureType }) };
}

/** The trace of a run, independent of the engine. */
export interface Trace {
  readonly stages: readonly StageTrace[];
  readonly end: { readonly status: 'succeeded' | 'failed'; readonly failureType?: string };
  /** Only messages that were sent, without failed attempts. */
  readonly messages: readonly SentMessage[];
  readonly deadLetters: readonly { readonly failureType: string; readonly event: unknown }[];
}

export type Aspect =
  | 'path'
  | 'attempts'
  | 'waits'
  | 'status'
  | 'failureType'
  | 'messages'
  | 'deadLetters'
  | 'contract'
  | 'flow';

/** One difference between two traces. */
export interface Disagreement {
  readonly aspect: Aspect;
  /** Only for attempts, waits and contract. */
  readonly stage?: Stage;
  readonly temporal: unknown;
  readonly stepFunctions: unknown;
}

/** Returns all differences between the traces of the engines. */
export function disagreements(temporal: Trace, stepFunctions: Trace): Disagreement[] {
  const stages = Object.keys(flow) as Stage[];
  const views: [Aspect, Stage | undefined, (trace: Trace) => unknown][] = [
    ['path', undefined, pathOf],
    ...stages.map((stage): [Aspect, Stage, (trace: Trace) => unknown] => [
      'attempts',
      stage,
      (trace) => visits(trace, stage).map(({ attempts }) => attempts),
    ]),
    ...stages.map((stage): [Aspect, Stage, (trace: Trace) => unknown] => [
      'waits',
      stage,
      (trace) => visits(trace, stage).map(({ before, waits }) => [before, ...waits]),
    ]),
    ['status', undefined, ({ end }) => end.status],
    ['failureType', undefined, ({ end }) => end.failureType],
    ['messages', undefined, ({ messages }) => messages],
    ['deadLetters', undefined, ({ deadLetters }) => deadLetters],
  ];
  return views.flatMap(([aspect, stage, view]) => {
    const [left, right] = [view(temporal), view(stepFunctions)];
    if (JSON.stringify(left) === JSON.stringify(right)) return [];
    return [{ aspect, ...(stage && { stage }), temporal: left, stepFunctions: right }];
  });
}

const pathOf = ({ stages }: Trace): Stage[] => stages.map(({ stage }) => stage);
const visits = ({ stages }: Trace, stage: Stage): StageTrace[] => stages.filter((each) => each.stage === stage);

/** Returns the transitions between stages that `flow` does not contain, like `confirm -> transform`. */
export function straySteps({ stages, end }: Trace): string[] {
  const last =
    end.status === 'succeeded' ? 'delivered' : end.failureType === 'InvalidInput' ? 'invalidInput' : 'failed';
  const first = stages[0]?.stage === firstStage ? [] : [`-> ${stages[0]?.stage}`];
  const steps = stages.flatMap(({ stage, attempts }, index) => {
    const next: string = stages[index + 1]?.stage ?? last;
    const ways: Readonly<Record<string, string>> = flow[stage];
    const how = attempts.at(-1) ?? '';
    const fits = (way: string): boolean => {
      if (way === 'timedOut') return how.startsWith('timeout');
      return (way === 'failed') !== (how === 'ok');
    };
    const allowed = Object.keys(ways).some((way) => ways[way] === next && fits(way));
    return allowed ? [] : [`${stage} -> ${next}`];
  });
  return [...first, ...steps];
}
