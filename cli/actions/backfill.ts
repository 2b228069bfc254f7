import { CliError } from '@etl/lib/cliError';
import type { BatchRequest } from '@etl/pipeline/batch/request';
import { StorageError } from '@etl/storage/objectStore';
import { calendarDate } from '../arguments';
import { checkDataset } from '../batch/checkDataset';
import { conductBatch } from '../batch/conduct';
import { type Forecast, forecast } from '../batch/dryRun';
import { batchId } from '../batch/ids';
import { batchRequest } from '../batch/request';
import type { RequestOptions } from '../batch/requestOptions';
import { describeForecast } from '../batch/showForecast';
import { cliExitCodes } from '../errors';
import { printLines } from '../output';
import { printResult } from '../withClient';

export interface BackfillOptions extends RequestOptions {
  readonly from: string;
  readonly to: string;
  readonly dryRun?: boolean;
  readonly wait: boolean;
  readonly json?: boolean;
}

/** Tonight's files have a higher priority. */
const backfillPriority = 5;

export async function backfill(prefix: string | undefined, options: BackfillOptions): Promise<void> {
  const days = { from: calendarDate(options.from, '--from'), to: calendarDate(options.to, '--to') };
  const request = batchRequest(prefix, options, { ...days, priority: backfillPriority });
  await checkDataset(request);
  if (options.dryRun) return printForecast(await forecastOrFail(request), options.json);
  if (!options.json) await tryPrintForecast(request);
  await conductBatch(batchId('backfill', request), request, options);
}

function printForecast(result: Forecast, json: boolean | undefined): void {
  printResult(json, result, describeForecast(result));
}

async function forecastOrFail(request: BatchRequest): Promise<Forecast> {
  return forecast(request).catch((error: unknown) => {
    if (!(error instanceof StorageError) || error.code !== 'NotFound') throw error;
    const remedy = error.remedy ?? 'Correct the prefix or the destination';
    throw new CliError(`${error.uri}: ${error.message}`, remedy, cliExitCodes.noInput, { cause: error });
  });
}

/** Prints the forecast, or why this machine cannot list the files: the worker may still have access. */
async function tryPrintForecast(request: BatchRequest): Promise<void> {
  const lines = await forecast(request).then(describeForecast, (error: unknown) => {
    if (error instanceof StorageError)
      return [`No forecast, because this machine cannot list the files: ${error.uri}: ${error.message}`];
    throw error;
  });
  printLines(lines);
}
