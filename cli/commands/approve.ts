import { Command } from 'commander';
import type { ApproveOptions } from '../actions/approve';
import { runArgument } from '../runs/argument';

const action = (): typeof import('../actions/approve') => require('../actions/approve');

export function approveCommand(): Command {
  return new Command('approve')
    .description('approve or refuse a run that a quality gate holds')
    .argument('<run>', runArgument)
    .option('--refuse', 'refuse: the run fails with NotApproved')
    .option('--reason <text>', 'reason, kept with the answer')
    .option('--by <name>', 'who answers (default: the user of this machine)')
    .option('--json', 'print one JSON object')
    .action((run: string, options: ApproveOptions) => action().approve(run, options));
}
