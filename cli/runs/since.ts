import { CliError } from '@etl/lib/cliError';
import { duration } from '@etl/pipeline/calendar/durations';
import { cliExitCodes } from '../errors';

/** Parses `12h`, `2d`, a date or an ISO 8601 time. Returns the earliest time; a duration counts back from `now`. */
export function since(text: string, now = Date.now()): Date {
  if (/^(?:\d+[smhd])+$/.test(text)) return new Date(now - duration(text));
  const time = /^\d{4}-\d{2}-\d{2}(?:T.*)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return new Date(time);
  throw new CliError(`${text} is not a time`, 'Use a form such as 12h, 2d or 2026-02-08', cliExitCodes.usage);
}
