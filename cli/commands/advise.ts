import { Command } from 'commander';
import type { AdviseOptions } from '../actions/advise';
import { fileSize, memory, positiveNumber } from '../advise/amounts';
import { positiveInteger } from '../arguments';

const action = (): typeof import('../actions/advise') => require('../actions/advise');

export function adviseCommand(): Command {
  return new Command('advise')
    .description('compare the price and the limits of Lambda, Fargate, Glue and EMR Serverless for a job')
    .option(
      '--minutes <minutes>',
      'duration of a run (default: the estimate of this pipeline for --size)',
      positiveNumber,
    )
    .option('--files-per-day <files>', 'runs per day', positiveInteger, 100)
    .option('--vcpu <vcpu>', 'processors of a run', positiveNumber, 2)
    .option('--memory <size>', 'memory of a run, e.g. 8GB or 512MB (default: 8GB)', memory)
    .option(
      '--size <size>',
      'size of a file, which the job stores locally, e.g. 12GB (default: nothing is stored)',
      fileSize,
    )
    .option('--gpu', 'the job needs a GPU')
    .option('--kafka', 'the data arrives as records of a Kafka topic; --minutes is the time for one batch of records')
    .option('--from-history', 'recommend a task size for each dataset from its committed runs instead')
    .option('--dataset <name>', 'with --from-history: one dataset (default: all)')
    .option('--out <uri>', 'with --from-history: folder or bucket of the batches (default: S3_CLEAN_BUCKET)')
    .option('--days <days>', 'with --from-history: batch dates of the last days', positiveInteger, 30)
    .option('--json', 'print one JSON object')
    .action((options: AdviseOptions) => action().advise(options));
}
