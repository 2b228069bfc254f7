import { defaultChunkRows } from '@etl/pipeline/definition';
import { Command, Option } from 'commander';
import type { ConvertOptions } from '../actions/convert';
import { positiveInteger } from '../arguments';

const action = (): typeof import('../actions/convert') => require('../actions/convert');

export function convertCommand(): Command {
  return new Command('convert')
    .description("do the container's work alone, without Temporal")
    .argument('<file>', 'a path, file:///path or s3://bucket/key')
    .requiredOption('--out <dir>', 'folder or s3:// URI to publish below')
    .option('--date <YYYY-MM-DD>', 'batch date (default: today)')
    .option('--dataset <name>', "dataset (default: the name of the file's folder)")
    .option('--options <json|@file>', 'dialect, columns, quality, rejects')
    .option('--replaces <file>', 'the file, or folder with a slash at its end, whose data this file replaces')
    .option('--chunk-rows <rows>', 'source rows a part', positiveInteger, defaultChunkRows)
    .addOption(
      new Option('--progress <kind>', 'a bar on a terminal and lines elsewhere, or JSON lines on stderr, or none')
        .choices(['auto', 'json', 'none'])
        .default('auto'),
    )
    .option('--json', 'print the manifest as JSON')
    .action((file: string, options: ConvertOptions) => action().convert(file, options));
}
