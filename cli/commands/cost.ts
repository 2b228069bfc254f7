import { Command, Option } from 'commander';
import type { CostOptions } from '../actions/cost';
import { calendarDate } from '../arguments';

const action = (): typeof import('../actions/cost') => require('../actions/cost');

export function costCommand(): Command {
  return new Command('cost')
    .description('report what runs were estimated to cost, what they cost, and what was wasted')
    .requiredOption('--from <YYYY-MM-DD>', 'first day', (text: string) => calendarDate(text, '--from'))
    .option('--to <YYYY-MM-DD>', 'last day (default: today)', (text: string) => calendarDate(text, '--to'))
    .addOption(
      new Option('--by <group>', 'what the costs are grouped by')
        .choices(['dataset', 'lane', 'day', 'run'])
        .default('dataset'),
    )
    .option('--commits', 'read the commits of batches instead of the runs of the server, by batch date')
    .option('--out <uri>', 'with --commits: folder or bucket of the batches (default: S3_CLEAN_BUCKET)')
    .option('--json', 'print one JSON object')
    .action((options: CostOptions) => action().cost(options));
}
