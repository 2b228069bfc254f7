import { Command, Option } from 'commander';
import type { CreateOptions } from '../../actions/schedule/create';
import { prefixArgument, withRequestOptions } from '../../batch/requestOptions';
import { CliError, cliExitCodes } from '../../errors';
import { duration } from '../../schedule/durations';
import { minCatchupMs, overlapPolicies, scheduleDefaults } from '../../schedule/settings';
import { daysOfWeek, timeOfDay } from '../../schedule/timetable';
import { timeZone } from '../../schedule/zoneName';

const action = (): typeof import('../../actions/schedule/create') => require('../../actions/schedule/create');

export function createCommand(): Command {
  const command = new Command('create')
    .description('have a batch started at certain times')
    .argument('<name>', 'name of the schedule, which is its ID in Temporal too')
    .addArgument(prefixArgument())
    .option('--at <HH:MM>', 'time of day', timeOfDay)
    .option('--days <days>', 'days of the week: mon-fri, or sat,sun (default: every day)', daysOfWeek)
    .addOption(new Option('--cron <expression>', 'instead: five fields, as 30 2 * * 1-5').conflicts(['at', 'days']))
    .option('--time-zone <name>', 'of these times and of the batch date', timeZone, scheduleDefaults.timeZone)
    .option(
      '--day-offset <days>',
      'batch date: so many days from the day of the time, -1 for the day before',
      wholeNumber,
      0,
    )
    .addOption(
      new Option('--overlap <policy>', 'when a batch is still running at the next time')
        .choices(Object.keys(overlapPolicies))
        .default(scheduleDefaults.overlap),
    )
    .addOption(
      new Option('--catchup <length>', 'a time that Temporal missed is made up for within this')
        .argParser(catchup)
        .default(scheduleDefaults.catchupMs, '24h'),
    )
    .option('--pause-on-failure', 'pause the schedule when a batch fails', scheduleDefaults.pauseOnFailure)
    .addOption(
      new Option('--jitter <length>', 'start each batch by a random length up to this later')
        .argParser(duration)
        .default(scheduleDefaults.jitterMs, '0s'),
    )
    .option('--paused', 'create it paused')
    .option('--note <text>', 'what people should know about it')
    .option('--replace', 'change the schedule of this name, if there is one')
    .option('--dry-run', 'show what would be created, and create nothing')
    .option('--json', 'print one JSON object');
  return withRequestOptions(command).action((name: string, prefix: string, options: CreateOptions) =>
    action().create(name, prefix, options),
  );
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value)) return value;
  throw new CliError(`${text} is no whole number`, 'write it in digits, e.g. -1', cliExitCodes.usage);
}

function catchup(text: string): number {
  const value = duration(text);
  if (value >= minCatchupMs) return value;
  throw new CliError(`--catchup ${text} is too short`, 'Temporal takes 10s and more', cliExitCodes.usage);
}
