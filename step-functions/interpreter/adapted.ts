import type { StateMachine, TaskState } from '../definition/types';

/**
 * Adapts the machine to the interpreter, which lacks `$$.State`: each state gets its own part of the context instead,
 * since no state of ours is entered twice. The interpreter takes `ResultPath: "$"`, the default, for a key of that
 * name, so it is removed.
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

/** A state's part of the context. The interpreter reads it in each attempt. */
export const retryCount = (attempts: () => number) => ({
  get RetryCount() {
    return attempts();
  },
});

/**
 * Returns the waits in milliseconds by state. The interpreter uses the first interval of a retrier for all its
 * attempts.
 */
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
