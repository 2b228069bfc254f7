import { Command } from 'commander';
import type { PauseOptions } from '../../actions/schedule/pause';

const action = (): typeof import('../../actions/schedule/pause') => require('../../actions/schedule/pause');

export function pauseCommand(): Command {
  return new Command('pause')
    .description('pause a schedule; a running batch continues')
    .argument('<name>', 'name of the schedule')
    .option('--reason <text>', 'reason, stored as the note of the schedule')
    .option('--json', 'print one JSON object')
    .action((name: string, options: PauseOptions) => action().set(name, true, options));
}

export function resumeCommand(): Command {
  return new Command('resume')
    .description('resume a paused schedule; starts missed during the pause are not caught up')
    .argument('<name>', 'name of the schedule')
    .option('--reason <text>', 'reason, stored as the note of the schedule')
    .option('--json', 'print one JSON object')
    .action((name: string, options: PauseOptions) => action().set(name, false, options));
}
