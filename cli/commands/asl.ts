import { Command, Option } from 'commander';
import type { AslOptions } from '../actions/asl';

const action = (): typeof import('../actions/asl') => require('../actions/asl');

export function aslCommand(): Command {
  return new Command('asl')
    .description('generate the Step Functions state machine from the pipeline definition and the configuration')
    .addOption(
      new Option('--mermaid [of]', 'print a Mermaid diagram of the state machine or of the workflow instead').choices([
        'machine',
        'workflow',
      ]),
    )
    .option('--out <file>', 'write to a file instead of stdout')
    .addOption(
      new Option(
        '--check',
        'fail if step-functions/etl-pipeline.asl.json differs from the generated state machine',
      ).conflicts(['lint', 'out', 'mermaid']),
    )
    .addOption(
      new Option('--lint <file>', 'check any state machine definition and print the findings').conflicts([
        'out',
        'mermaid',
      ]),
    )
    .action((options: AslOptions) => action().asl(options));
}
