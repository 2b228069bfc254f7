import { Command } from 'commander';
import type { RunsOptions } from '../actions/runs';
import { positiveInteger } from '../arguments';

const action = (): typeof import('../actions/runs') => require('../actions/runs');

export function runsCommand(): Command {
  return new Command('runs')
    .description('list open runs and runs that ended recently; runs that need an operator come first')
    .option('--failed', 'only runs that failed, and were not started again')
    .option('--running', 'only open runs')
    .option('--since <time>', 'runs that ended since then: 12h, 2d, or a date', '24h')
    .option('--dataset <name>', 'only runs of this dataset')
    .option('--limit <n>', 'maximum number of runs', positiveInteger, 100)
    .option('--json', 'print one JSON object')
    .action((options: RunsOptions) => action().runs(options));
}
