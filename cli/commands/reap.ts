import { Command } from 'commander';
import type { ReapOptions } from '../actions/reap';
import { minutes, positiveInteger } from '../arguments';
import { reaperSchedule } from '../reaperSchedule';

const action = (): typeof import('../actions/reap') => require('../actions/reap');

export function reapCommand(): Command {
  return new Command('reap')
    .description('find the tasks of workflows that have ended without stopping them (a dry run unless --stop)')
    .option('--stop', 'stop what is found')
    .option('--grace <seconds>', 'leave workflows alone that ended less than this ago', positiveInteger, 600)
    .option('--every <minutes>', `do so by a schedule, ${reaperSchedule}, which is made or changed`, minutes)
    .option('--json', 'print one JSON object')
    .action((options: ReapOptions) => action().reap(options));
}
