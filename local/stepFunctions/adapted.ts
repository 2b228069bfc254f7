import type { StateMachine, TaskState } from '../../asl/types';

/**
 * The machine as the interpreter understands it. It has no `$$.State`: each state gets its own part of the context, and no
 * state of ours is entered twice. `ResultPath: "$"`, which is the default, it takes for a key of that name.
 */
export function adapted(machine: StateMachine): unknown {
  const states = Object.entries(machine.States).map(([name, state]) => [
    name,
    JSON.parse(
      JSON.stringify(state, (key, value) => (key === 'ResultPath' && value === '$' ? undefined : value)).replaceAll(
        '$$.State.',
        () => `$$.States.${name}.`,
      ),
    ),
  ]);
  return { ...machine, States: Object.fromEntries(states) };
}

/** A state's part of the context: the interpreter asks anew at each attempt. */
export const retryCount = (attempts: () => number) => ({
  get RetryCount() {
    return attempts();
  },
});

/** Milliseconds by state. The interpreter takes one wait for all attempts of a retrier: the first one's. */
export function scaledWaits(
  tasks: readonly (readonly [string, TaskState])[],
  timeScale: number,
): Record<string, number[]> {
  return Object.fromEntries(
    tasks.map(([name, { Retry = [] }]) => [
      name,
      Retry.map(({ IntervalSeconds = 1 }) => IntervalSeconds * timeScale * 1000),
    ]),
  );
}
