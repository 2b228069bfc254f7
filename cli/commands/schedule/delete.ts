import { Command } from 'commander';
import type { DeleteOptions } from '../../actions/schedule/delete';

const action = (): typeof import('../../actions/schedule/delete') => require('../../actions/schedule/delete');

export function deleteCommand(): Command {
  return new Command('delete')
    .description('delete a schedule; a running batch continues')
    .argument('<name>', 'name of the schedule')
    .option('--json', 'print one JSON object')
    .action((name: string, options: DeleteOptions) => action().remove(name, options));
}
