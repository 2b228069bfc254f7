import { Command } from 'commander';
import type { ReplayOptions } from '../actions/sink/replay';
import type { SinkStatusOptions } from '../actions/sink/status';

const statusAction = (): typeof import('../actions/sink/status') => require('../actions/sink/status');
const replayAction = (): typeof import('../actions/sink/replay') => require('../actions/sink/replay');

export function sinkCommand(): Command {
  const status = new Command('status')
    .description('list the sinks of declared datasets, and the batches whose newest commit they lack')
    .option('--dataset <names...>', 'names of datasets (default: all)')
    .option('--sink <name>', 'name of a sink (default: all)')
    .option('--from <YYYY-MM-DD>', 'first batch date')
    .option('--to <YYYY-MM-DD>', 'last batch date')
    .option('--json', 'print one JSON object')
    .action((options: SinkStatusOptions) => statusAction().sinkStatus(options));
  const replay = new Command('replay')
    .description('apply the newest commits of a dataset to its sinks')
    .argument('<dataset>', 'name of the dataset')
    .option('--sink <name>', 'name of a sink (default: all)')
    .option(
      '--from <YYYY-MM-DD>',
      'first batch date; with a date, commits that the sinks already have are applied, too',
    )
    .option('--to <YYYY-MM-DD>', 'last batch date')
    .option('--all', 'also apply commits that the sinks already have')
    .option('--json', 'print one JSON object at the end')
    .action((dataset: string, options: ReplayOptions) => replayAction().replay(dataset, options));
  return new Command('sink')
    .description('show and replay the sinks of declared datasets')
    .addCommand(status.exitOverride())
    .addCommand(replay.exitOverride());
}
