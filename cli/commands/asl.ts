import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { stateMachine } from '../../asl/machine';
import { machinePicture } from '../../asl/picture';
import { workflowPicture } from '../../asl/workflowPicture';
import { parseConfig } from '../../workers/config';
import { asText, checkDefinition } from '../checkDefinition';
import { CliError, cliExitCodes } from '../errors';
import { lintDefinition } from '../lintDefinition';
import { machineSettings } from '../machineSettings';

interface AslOptions {
  readonly mermaid?: true | 'machine' | 'workflow';
  readonly check?: boolean;
  readonly lint?: string;
  readonly out?: string;
}

/** The definition with substitutions, for CloudFormation, SAM and CDK. */
const committed = join(__dirname, '..', '..', '..', 'asl', 'etl-pipeline.asl.json');

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
    .action(asl);
}

function asl({ check, lint, ...options }: AslOptions): void {
  if (check) checkDefinition(committed);
  else if (lint !== undefined) lintDefinition(lint);
  else generate(options);
}

function generate({ mermaid, out }: AslOptions): void {
  const machine = stateMachine(machineSettings(parseConfig(process.env)));
  const picture = mermaid === 'workflow' ? workflowPicture() : machinePicture(machine);
  const text = mermaid === undefined ? asText(machine) : `${picture}\n`;
  if (out === undefined) process.stdout.write(text);
  else write(out, text);
  if (mermaid === undefined) tellOpen(text);
}

/** Whoever deploys it by hand would find a `${…}` in the place of a name. */
function tellOpen(definition: string): void {
  const open = [...new Set([...definition.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name))];
  if (open.length === 0) return;
  process.stderr.write(
    `left for DefinitionSubstitutions: ${open.join(', ')}\nvariables that fill them in: docs/step-functions.md\n`,
  );
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CliError(
      `${file} cannot be written: ${(error as Error).message}`,
      'give --out a file in a folder that exists',
      cliExitCodes.cannotCreate,
      { cause: error },
    );
  }
}
