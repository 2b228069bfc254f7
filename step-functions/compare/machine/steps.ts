import { stageOfState } from '../../definition/names';
import type { Execution } from '../../interpreter/interpreter';
import type { StepRun } from '../side';

/** Returns the stage of a state, or the state's own name if it has no stage. */
export const stageOf = (state: string): string => stageOfState(state) ?? state;

/**
 * Converts the states of an execution that ended at `endedAt` to steps, named by stage where a state has one. No state
 * of the pipeline is entered twice.
 */
export function stepsOf({ states, attempts, failures }: Execution, endedAt: number): StepRun[] {
  return states.map(({ name, enteredAt }, index) => {
    const own = attempts.filter(({ state }) => state === name);
    const failure = failures.findLast(({ state }) => state === name);
    return {
      name: stageOf(name),
      startedAt: enteredAt,
      endedAt: states[index + 1]?.enteredAt ?? endedAt,
      attempts: Math.max(1, own.length),
      waits: own.slice(1).map(({ startedAt }, before) => (startedAt - (own[before]?.endedAt ?? startedAt)) / 1000),
      ...(failure && { error: failure.error }),
    };
  });
}
