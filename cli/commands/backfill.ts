import { Command } from 'commander';
import type { BackfillOptions } from '../actions/backfill';
import { prefixArgument, withRequestOptions } from '../batch/requestOptions';

const action = (): typeof import('../actions/backfill') => require('../actions/backfill');

export function backfillCommand(): Command {
  const command = new Command('backfill')
    .description('run the pipeline on the files of a range of days, at the lowest priority')
    .addArgument(prefixArgument())
    .requiredOption('--from <YYYY-MM-DD>', 'first batch date')
    .requiredOption('--to <YYYY-MM-DD>', 'last batch date')
    .option('--dry-run', 'print the files that would be converted for each day, and exit')
    .option('--no-wait', 'return once the batch has started')
    .option('--json', 'print one JSON object at the end');
  return withRequestOptions(command).action((prefix: string | undefined, options: BackfillOptions) =>
    action().backfill(prefix, options),
  );
}
