import { shownUri } from '@etl/lib/text/shownUri';
import { parseUri } from '@etl/lib/uri';
import { placeholdersIn, renderDay, unknownPlaceholders } from './placeholders';
import type { BatchPlan } from './plan';

/** Returns the problems of the prefix and names of a resolved request. */
export function planProblems({ prefix, match, from, to }: BatchPlan): string[] {
  const unknown = (key: string, text: string) =>
    unknownPlaceholders(text).map((name) => `${key}: ${name} stands for nothing: use {yyyy}, {MM}, {dd} or {date}`);
  const problems = [...unknown('prefix', prefix), ...(match === undefined ? [] : unknown('match', match))];
  if (parseUri(renderDay(prefix, from)) === undefined)
    problems.push(`prefix: ${shownUri(prefix)} is no s3:// or file:/// URI`);
  if (match?.includes('/')) problems.push('match: is about the name of a file, and has no /');
  const found = placeholdersIn(prefix, match);
  const comesAgain =
    !found.has('date') && ((found.has('dd') && !found.has('MM')) || (found.has('MM') && !found.has('yyyy')));
  if (from !== to && comesAgain) {
    problems.push('prefix: {MM} without {yyyy}, or {dd} without {MM}, names the same files for several days');
  }
  return problems;
}
