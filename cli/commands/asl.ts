import { Command, Option } from 'commander';
import type { AslOptions } from '../actions/asl';

const action = (): typeof import('../actions/asl') => require('../actions/asl');

export function aslCommand(): Command {
  return new Command('asl')
    .description('write the pipeline as a Step Functions state machine, with the names of the configuration')
    .addOption(
      new Option('--mermaid [of]', 'its picture instead, or that of the workflow').choices(['machine', 'workflow']),
    )
    .option('--out <file>', 'write to a file instead of the standard output')
    .addOption(
      new Option('--check', 'fail when asl/etl-pipeline.asl.json is not what would be generated').conflicts([
        'lint',
        'out',
        'mermaid',
      ]),
    )
    .addOption(new Option('--lint <file>', 'say what is wrong with any state machine').conflicts(['out', 'mermaid']))
    .action((options: AslOptions) => action().asl(options));
}
