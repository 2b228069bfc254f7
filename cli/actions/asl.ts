import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '@etl/lib/cliError';
import { parseConfig } from '../../config/environment';
import { stateMachine } from '../../step-functions/definition/machine';
import { machinePicture } from '../../step-functions/definition/picture';
import { workflowPicture } from '../../step-functions/definition/workflowPicture';
import { asText, checkDefinition } from '../checkDefinition';
import { cliExitCodes } from '../errors';
import { machineSettings } from '../machineSettings';
import { printLines, printText } from '../output';

export interface AslOptions {
  readonly mermaid?: true | 'machine' | 'workflow';
  readonly check?: boolean;
  readonly lint?: string;
  readonly out?: string;
}

/** The committed definition with substitutions, for CloudFormation, SAM and CDK. */
const committed = join(__dirname, '..', '..', '..', 'step-functions', 'etl-pipeline.asl.json');

/** Loads the linter with its JSON schema validator and JSONata parser, which no other option needs. */
const linter = (): typeof import('../lintDefinition') => require('../lintDefinition');

export function asl({ check, lint, ...options }: AslOptions): void {
  if (check) checkDefinition(committed);
  else if (lint !== undefined) linter().lintDefinition(lint);
  else generate(options);
}

function generate({ mermaid, out }: AslOptions): void {
  const machine = stateMachine(machineSettings(parseConfig(process.env)));
  const picture = mermaid === 'workflow' ? workflowPicture() : machinePicture(machine);
  const text = mermaid === undefined ? asText(machine) : `${picture}\n`;
  if (out === undefined) printText(text);
  else write(out, text);
  if (mermaid === undefined) reportOpenSubstitutions(text);
}

/** Reports unfilled substitutions to stderr: a manual deployment would contain `${…}` in place of a name. */
function reportOpenSubstitutions(definition: string): void {
  const openNames = [...new Set([...definition.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name))];
  if (openNames.length === 0) return;
  const lines = [
    `open substitutions: ${openNames.join(', ')}`,
    'Set their variables (docs/step-functions.md), or pass them as DefinitionSubstitutions',
  ];
  printLines(lines, process.stderr);
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CliError(
      `cannot write ${file}: ${(error as Error).message}`,
      'Give --out a file in an existing folder',
      cliExitCodes.cannotCreate,
      { cause: error },
    );
  }
}
