import { CliError } from '@etl/lib/cliError';
import { calendarDate } from './arguments';
import { cliExitCodes } from './errors';

/** Checks the options --from and --to, each of which may be absent. @throws {CliError} */
export function datesOf({ from, to }: { readonly from?: string; readonly to?: string }): {
  readonly from?: string;
  readonly to?: string;
} {
  if (from !== undefined) calendarDate(from, '--from');
  if (to !== undefined) calendarDate(to, '--to');
  if (from !== undefined && to !== undefined && from > to)
    throw new CliError(`--from ${from} is after --to ${to}`, 'Swap the dates', cliExitCodes.usage);
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}
