import { Command } from 'commander';
import type { PauseOptions } from '../../actions/schedule/pause';

const action = (): typeof import('../../actions/schedule/pause') => require('../../actions/schedule/pause');

export function pauseCommand(): Command {
  return new Command('pause')
    .description('start nothing at the times of a schedule until it is resumed; what runs goes on')
    .argument('<name>', 'name of the schedule')
    .option('--reason <text>', 'kept as the note of the schedule')
    .option('--json', 'print one JSON object')
    .action((name: string, options: PauseOptions) => action().set(name, true, options));
}

export function resumeCommand(): Command {
  return new Command('resume')
    .description('have a paused schedule go on; times that passed meanwhile are not made up for')
    .argument('<name>', 'name of the schedule')
    .option('--reason <text>', 'kept as the note of the schedule')
    .option('--json', 'print one JSON object')
    .action((name: string, options: PauseOptions) => action().set(name, false, options));
}
