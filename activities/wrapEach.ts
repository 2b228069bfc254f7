import type { EtlActivities } from './contract';

type Activity = (input: never) => Promise<unknown>;

/** Wraps the activities so that `run` runs each of their calls. */
export function wrapEach(
  activities: EtlActivities,
  run: (work: () => Promise<unknown>, name: string) => Promise<unknown>,
): EtlActivities {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    (input: never) => run(() => (activity as Activity)(input), name),
  ]);
  return Object.fromEntries(wrapped) as unknown as EtlActivities;
}
