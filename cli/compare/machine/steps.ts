import { stageOfState } from '../../../asl/names';
import type { Execution } from '../../../local/stepFunctions/interpreter';
import type { StepRun } from '../side';

/** The stage that a state is; the state's own name for one that is none. */
export const stageOf = (state: string): string => stageOfState(state) ?? state;

/** The states of an execution that ended at `endedAt`, as stages where they are some. No state of ours is entered twice. */
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
