import { defaultChunkRows } from '@etl/pipeline/definition';
import { Command, Option } from 'commander';
import type { ConvertOptions } from '../actions/convert';
import { datasetName, positiveInteger } from '../arguments';

const action = (): typeof import('../actions/convert') => require('../actions/convert');

export function convertCommand(): Command {
  return new Command('convert')
    .description('convert one file with the program of the container, without Temporal')
    .argument('<file>', 'path, file:///path or s3://bucket/key')
    .requiredOption('--out <dir>', 'destination: a folder or an s3:// URI')
    .option('--date <YYYY-MM-DD>', 'batch date (default: today)')
    .option('--dataset <name>', "name of the dataset (default: the name of the file's folder)", datasetName)
    .option('--options <json|@file>', 'options of the conversion, as a JSON object: dialect, columns, quality, rejects')
    .option('--replaces <file>', 'file, or folder with a trailing slash, whose data this file may replace')
    .option('--chunk-rows <rows>', 'source rows per part', positiveInteger, defaultChunkRows)
    .addOption(
      new Option(
        '--progress <kind>',
        'format of the progress; auto: a bar on a terminal, lines elsewhere; json: JSON lines on stderr',
      )
        .choices(['auto', 'json', 'none'])
        .default('auto'),
    )
    .option('--json', 'print the manifest as JSON')
    .action((file: string, options: ConvertOptions) => action().convert(file, options));
}
