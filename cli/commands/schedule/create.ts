import { CliError } from '@etl/lib/cliError';
import { duration } from '@etl/pipeline/calendar/durations';
import { daysOfWeek, timeOfDay } from '@etl/pipeline/calendar/timetable';
import { Command, Option } from 'commander';
import type { CreateOptions } from '../../actions/schedule/create';
import { prefixArgument, withRequestOptions } from '../../batch/requestOptions';
import { cliExitCodes } from '../../errors';
import { minCatchupMs, overlapPolicies, scheduleDefaults } from '../../schedule/settings';
import { timeZone } from '../../schedule/zoneName';

const action = (): typeof import('../../actions/schedule/create') => require('../../actions/schedule/create');

export function createCommand(): Command {
  const command = new Command('create')
    .description('create a schedule that starts a batch at given times')
    .argument('<name>', 'name of the schedule, which is also its ID in Temporal')
    .addArgument(prefixArgument())
    .option('--at <HH:MM>', 'time of day of the start', timeOfDay)
    .option('--days <days>', 'days of the week, such as mon-fri or sat,sun (default: every day)', daysOfWeek)
    .addOption(
      new Option(
        '--cron <expression>',
        'cron expression with five fields, such as "30 2 * * 1-5", instead of --at and --days',
      ).conflicts(['at', 'days']),
    )
    .option(
      '--time-zone <name>',
      'IANA time zone of the start times and of the batch date',
      timeZone,
      scheduleDefaults.timeZone,
    )
    .option(
      '--day-offset <days>',
      'days from the day of the start to the batch date; -1: the day before',
      wholeNumber,
      0,
    )
    .addOption(
      new Option('--overlap <policy>', 'overlap policy for a start while a batch is still running')
        .choices(Object.keys(overlapPolicies))
        .default(scheduleDefaults.overlap),
    )
    .addOption(
      new Option('--catchup <length>', 'catch-up window: how late Temporal may still make a missed start')
        .argParser(catchup)
        .default(scheduleDefaults.catchupMs, '24h'),
    )
    .option('--pause-on-failure', 'pause the schedule when a batch fails', scheduleDefaults.pauseOnFailure)
    .addOption(
      new Option('--jitter <length>', 'maximum random delay of each start')
        .argParser(duration)
        .default(scheduleDefaults.jitterMs, '0s'),
    )
    .option('--paused', 'create the schedule paused')
    .option('--note <text>', 'note of the schedule')
    .option('--replace', 'replace an existing schedule of this name')
    .option('--dry-run', 'print the start times, and exit')
    .option('--json', 'print one JSON object');
  return withRequestOptions(command).action((name: string, prefix: string | undefined, options: CreateOptions) =>
    action().create(name, prefix, options),
  );
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value)) return value;
  throw new CliError(
    `--day-offset ${text} is not a whole number`,
    'Use a number of days such as -1',
    cliExitCodes.usage,
  );
}

function catchup(text: string): number {
  const value = duration(text);
  if (value >= minCatchupMs) return value;
  throw new CliError(`--catchup ${text} is too short`, 'Use at least 10s, the minimum of Temporal', cliExitCodes.usage);
}
