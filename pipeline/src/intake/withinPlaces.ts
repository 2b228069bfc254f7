import { type AllowedPlaces, destinationProblem, sourceProblem } from '../allowedPlaces';
import type { Start, Starts } from './starts';

/**
 * Returns the same without starts whose places are not allowed. Each becomes a problem, so that its message goes to the
 * dead-letter queue. The run's validation resolves links later.
 */
export function withinPlaces(found: Starts, allowed: AllowedPlaces): Starts {
  const checked = found.starts.map((start) => ({ start, refused: refusedIn(start, allowed) }));
  return {
    ...found,
    starts: checked.filter(({ refused }) => refused.length === 0).map(({ start }) => start),
    problems: [...found.problems, ...checked.flatMap(({ refused }) => refused)],
  };
}

function refusedIn({ event, sourceUri }: Start, allowed: AllowedPlaces): string[] {
  const { destination, replaces } = (event as { readonly detail: Readonly<Record<string, unknown>> }).detail;
  const reason = (key: string, uri: unknown, check: typeof sourceProblem): string[] => {
    const problem = typeof uri === 'string' && uri !== '' ? check(allowed, uri) : undefined;
    return problem === undefined ? [] : [`detail.${key}: ${uri} ${problem}`];
  };
  return [
    ...reason('s3Key', sourceUri, sourceProblem),
    ...reason('destination', destination, destinationProblem),
    ...reason('replaces', replaces, sourceProblem),
  ];
}
