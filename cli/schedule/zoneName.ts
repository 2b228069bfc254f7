import { CliError } from '@etl/lib/cliError';
import { isTimeZone } from '@etl/lib/timeZones';
import { cliExitCodes } from '../errors';

/** Three-letter names of the IANA database. Node knows more of them, such as PST, which Temporal rejects. */
const shortNames = new Set('CET EET EST GMT HST MET MST PRC ROC ROK UCT UTC WET'.split(' '));

/**
 * Parses an option that takes the name of a time zone.
 *
 * @throws {CliError} when Temporal rejects the name.
 */
export function timeZone(text: string): string {
  const known = nodeName(text);
  const isSameName = known?.toLowerCase() === text.toLowerCase();
  // Time zone names are case-insensitive in Node, but not in Temporal.
  const isSpelled = isSameName ? known === text : !/(^|\/)[a-z]/.test(text);
  const isAbbreviation = text.length === 3 && !shortNames.has(text);
  if (known !== undefined && isSpelled && !isAbbreviation) return text;
  const remedy = isSameName ? `Use ${known}` : 'Use an IANA name such as Europe/Madrid';
  throw new CliError(`--time-zone ${text} is not a time zone`, remedy, cliExitCodes.usage);
}

/** Returns Node's canonical name of a time zone, which resolves aliases; undefined for an unknown one. */
function nodeName(text: string): string | undefined {
  return isTimeZone(text) ? new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone : undefined;
}
