import { Command } from 'commander';
import { applyCommand } from './apply';
import { checkCommand } from './check';
import { diffCommand } from './diff';
import { exportCommand } from './export';
import { listCommand } from './list';
import { newCommand } from './new';
import { schemaCommand } from './schema';
import { showCommand } from './show';

export function datasetCommand(): Command {
  const dataset = new Command('dataset').description('declare datasets, check the declarations and apply them');
  const commands = [
    newCommand,
    checkCommand,
    listCommand,
    showCommand,
    diffCommand,
    applyCommand,
    exportCommand,
    schemaCommand,
  ];
  for (const command of commands) dataset.addCommand(command().exitOverride());
  return dataset;
}
