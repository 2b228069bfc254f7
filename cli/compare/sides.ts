import { runOnInterpreter } from './interpreterSide';
import type { InterpreterName } from './interpreters';
import { runOnMinistack } from './ministackSide';
import { missingForMinistack } from './needs';
import type { CompareRequest } from './request';
import type { Side } from './side';

/** A way to run the state machine. */
export interface StepFunctions {
  /** Throws `UnavailableError` when what it needs cannot be started. */
  run(request: CompareRequest): Promise<Side>;
  /** What it needs and this machine lacks; an image is needed where one is named. */
  missing(image: string | undefined): Promise<readonly string[]>;
}

/** By the names that `--interpreter` takes. */
export const stepFunctions = {
  ministack: { run: runOnMinistack, missing: missingForMinistack },
  local: { run: runOnInterpreter, missing: async () => [] },
} as const satisfies Record<InterpreterName, StepFunctions>;
