import { Command } from 'commander';
import { calendarDate } from '../arguments';
import { conductBatch } from '../batch/conduct';
import { describeForecast, forecast } from '../batch/dryRun';
import { batchId } from '../batch/ids';
import { batchRequest, type RequestOptions, withRequestOptions } from '../batch/requestOptions';

interface BackfillOptions extends RequestOptions {
  readonly from: string;
  readonly to: string;
  readonly dryRun?: boolean;
  readonly wait: boolean;
  readonly json?: boolean;
}

/** Tonight's files go first. */
const backfillPriority = 5;

export function backfillCommand(): Command {
  const command = new Command('backfill')
    .description('run the pipeline on the files of many days, behind everything else')
    .argument(
      '<prefix>',
      'a folder, file:///folder or s3://bucket/prefix; {yyyy}, {MM}, {dd} and {date} stand for the day',
    )
    .requiredOption('--from <YYYY-MM-DD>', 'first batch date')
    .requiredOption('--to <YYYY-MM-DD>', 'last batch date')
    .option('--dry-run', 'show what would be run, day by day, and start nothing')
    .option('--no-wait', 'start it and return at once')
    .option('--json', 'print one JSON object at the end');
  return withRequestOptions(command).action(backfill);
}

async function backfill(prefix: string, options: BackfillOptions): Promise<void> {
  const days = { from: calendarDate(options.from, '--from'), to: calendarDate(options.to, '--to') };
  const request = batchRequest(prefix, options, { ...days, priority: backfillPriority });
  const { json, dryRun } = options;
  if (dryRun || !json) {
    const found = await forecast(request);
    if (!json) process.stdout.write(`${describeForecast(found).join('\n')}\n`);
    else process.stdout.write(`${JSON.stringify(found)}\n`);
  }
  if (!dryRun) await conductBatch(batchId('backfill', request), request, options);
}
