import { runOnInterpreter } from './interpreterSide';
import type { CompareRequest } from './request';
import type { Side } from './side';

/** A way to run the state machine. */
export interface StepFunctions {
  run(request: CompareRequest): Promise<Side>;
  /** What it needs and this machine lacks. */
  missing(): Promise<readonly string[]>;
}

const notHere = (): never => {
  throw new Error('the state machine cannot be deployed to ministack in this version');
};

export const stepFunctions = {
  ministack: { run: notHere, missing: async () => ['a deployment to ministack, which this version does not have'] },
  local: { run: runOnInterpreter, missing: async () => [] },
} as const satisfies Record<string, StepFunctions>;

export type InterpreterName = keyof typeof stepFunctions;
