import { Command } from 'commander';
import type { DescribeOptions } from '../../actions/schedule/describe';

const action = (): typeof import('../../actions/schedule/describe') => require('../../actions/schedule/describe');

export function describeCommand(): Command {
  return new Command('describe')
    .description('what a schedule does, what it has done, and the next times with their batch dates')
    .argument('<name>', 'name of the schedule')
    .option('--json', 'print one JSON object')
    .action((name: string, options: DescribeOptions) => action().describe(name, options));
}
