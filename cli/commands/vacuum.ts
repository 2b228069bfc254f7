import { Command } from 'commander';
import type { VacuumOptions } from '../actions/vacuum';
import { nonNegativeInteger } from '../arguments';

const action = (): typeof import('../actions/vacuum') => require('../actions/vacuum');

export function vacuumCommand(): Command {
  return new Command('vacuum')
    .description('remove the data of replaced commits, and the leftovers of dead runs')
    .option('--dataset <names...>', 'names of datasets (default: all)')
    .option(
      '--older-than <days>',
      'days for which replaced commits are kept (default: ETL_KEEP_COMMITS_DAYS)',
      nonNegativeInteger,
    )
    .option('--dry-run', 'print what would be removed, and exit')
    .option('--json', 'print one JSON object')
    .action((options: VacuumOptions) => action().vacuum(options));
}
