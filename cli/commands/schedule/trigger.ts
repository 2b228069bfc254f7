import { Command, Option } from 'commander';
import type { TriggerOptions } from '../../actions/schedule/trigger';
import { overlapPolicies } from '../../schedule/settings';

const action = (): typeof import('../../actions/schedule/trigger') => require('../../actions/schedule/trigger');

export function triggerCommand(): Command {
  return new Command('trigger')
    .description('start the batch of a schedule now, even if the schedule is paused')
    .argument('<name>', 'name of the schedule')
    .addOption(
      new Option('--overlap <policy>', 'overlap policy of this start (default: the policy of the schedule)').choices(
        Object.keys(overlapPolicies),
      ),
    )
    .option('--json', 'print one JSON object')
    .action((name: string, options: TriggerOptions) => action().trigger(name, options));
}
