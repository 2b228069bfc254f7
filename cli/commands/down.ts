import { Command } from 'commander';

const action = (): typeof import('../actions/down') => require('../actions/down');

export function downCommand(): Command {
  return new Command('down')
    .description('stop the local system: worker, tasks, Fargate endpoint and Temporal')
    .action(() => action().down());
}
