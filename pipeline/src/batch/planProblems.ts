import { shownUri } from '@etl/lib/text/shownUri';
import { parseUri } from '@etl/lib/uri';
import { placeholdersIn, renderDay, unknownPlaceholders } from './placeholders';
import type { BatchPlan } from './plan';

/** Returns the problems of the prefix and names of a resolved request. */
export function planProblems({ prefix, match, from, to }: BatchPlan): string[] {
  const unknown = (key: string, text: string) =>
    unknownPlaceholders(text).map((name) => `${key}: unknown placeholder ${name}: use {yyyy}, {MM}, {dd} or {date}`);
  const problems = [...unknown('prefix', prefix), ...(match === undefined ? [] : unknown('match', match))];
  if (parseUri(renderDay(prefix, from)) === undefined)
    problems.push(`prefix: ${shownUri(prefix)} is not an s3:// or file:/// URI`);
  if (match?.includes('/')) problems.push('match: contains /, but matches file names only: move the folder to prefix');
  const found = placeholdersIn(prefix, match);
  const isAmbiguous =
    !found.has('date') && ((found.has('dd') && !found.has('MM')) || (found.has('MM') && !found.has('yyyy')));
  if (from !== to && isAmbiguous) {
    problems.push(
      'prefix: {MM} without {yyyy}, or {dd} without {MM}, selects the same files for several days: use {date}, or {yyyy}, {MM} and {dd}',
    );
  }
  return problems;
}
