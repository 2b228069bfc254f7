import { Command } from 'commander';
import type { DescribeOptions } from '../../actions/schedule/describe';

const action = (): typeof import('../../actions/schedule/describe') => require('../../actions/schedule/describe');

export function describeCommand(): Command {
  return new Command('describe')
    .description('show the settings, the recent starts and the next starts of a schedule, with their batch dates')
    .argument('<name>', 'name of the schedule')
    .option('--json', 'print one JSON object')
    .action((name: string, options: DescribeOptions) => action().describe(name, options));
}
