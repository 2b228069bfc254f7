import { own } from '@etl/lib/own';

/** Returns the number of calls that the local Fargate endpoint has received, by operation. */
export async function ecsCalls(endpoint: string): Promise<Readonly<Record<string, number>>> {
  const answer = await fetch(`${endpoint}/calls`);
  return (await answer.json()) as Record<string, number>;
}

/** Returns the number of calls between two counts, by names such as `ecs:RunTask`. */
export function callsBetween(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Record<string, number> {
  const counts = Object.entries(after).map(
    ([name, count]) => [`ecs:${name}`, count - (own(before, name) ?? 0)] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
