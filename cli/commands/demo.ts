import { Command } from 'commander';
import type { DemoOptions } from '../actions/demo';
import { positiveInteger } from '../arguments';

const action = (): typeof import('../actions/demo') => require('../actions/demo');

export function demoCommand(): Command {
  return new Command('demo')
    .description('run the whole pipeline on this machine with sample data')
    .option('--rows <rows>', 'rows in the sample', positiveInteger, 1_200_000)
    .option('--no-keep', 'exit when the run has ended, instead of serving the Web UI until Ctrl-C')
    .action((options: DemoOptions) => action().demo(options));
}
