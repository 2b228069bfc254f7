import { Command } from 'commander';
import type { ImageOptions } from '../actions/image';

const action = (): typeof import('../actions/image') => require('../actions/image');

export function imageCommand(): Command {
  return new Command('image')
    .description('build the image of the tasks with Docker')
    .option('--tag <name>', 'name of the image, with an optional tag', 'etl-worker')
    .option('--json', 'print one JSON object at the end')
    .action((options: ImageOptions) => action().image(options));
}
