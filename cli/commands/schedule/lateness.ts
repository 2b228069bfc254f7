import { Command } from 'commander';
import type { LatenessOptions } from '../../actions/schedule/lateness';
import { minutes } from '../../arguments';
import { latenessSchedule } from '../../latenessSchedule';

const action = (): typeof import('../../actions/schedule/lateness') => require('../../actions/schedule/lateness');

export function latenessCommand(): Command {
  return new Command('lateness')
    .description(
      `create or update the schedule ${latenessSchedule}, which sends alerts about batches that have not started or are late`,
    )
    .option('--every <minutes>', 'interval of the check', minutes, 15)
    .option('--json', 'print one JSON object')
    .action((options: LatenessOptions) => action().lateness(options));
}
