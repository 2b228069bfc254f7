import { Command } from 'commander';

const action = (): typeof import('../../actions/dataset/schema') => require('../../actions/dataset/schema');

export function schemaCommand(): Command {
  return new Command('schema')
    .description('print the JSON Schema of declarations, for editors')
    .action(() => action().schema());
}
