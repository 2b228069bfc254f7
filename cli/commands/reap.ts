import { Command } from 'commander';
import type { ReapOptions } from '../actions/reap';
import { minutes, positiveInteger } from '../arguments';
import { reaperSchedule } from '../reaperSchedule';

const action = (): typeof import('../actions/reap') => require('../actions/reap');

export function reapCommand(): Command {
  return new Command('reap')
    .description('list ECS tasks whose workflow has closed, and stop them with --stop')
    .option('--stop', 'stop the tasks')
    .option('--grace <seconds>', 'skip workflows that closed less than this long ago', positiveInteger, 600)
    .option(
      '--every <minutes>',
      `create or update the schedule ${reaperSchedule}, which runs this command at this interval`,
      minutes,
    )
    .option('--json', 'print one JSON object')
    .action((options: ReapOptions) => action().reap(options));
}
