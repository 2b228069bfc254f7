// Publishes a file of a dataset: node dist/src/publish.js orders 2026-11-30
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connectEtl, type EtlEvent } from 'etl-orchestrator/client';
import type { publishDataset } from './workflows';

/** Returns the event of a dataset's file for a batch date, with the options of the dataset. */
export function eventOf(dataset: string, batchDate: string, folder = 'datasets'): EtlEvent {
  const options = JSON.parse(readFileSync(join(folder, dataset, 'options.json'), 'utf8')) as object;
  const file = resolve(folder, dataset, `${dataset}_${batchDate}.csv`);
  return { detail: { ...options, s3Key: pathToFileURL(file).href, batchDate, dataset } };
}

async function main(dataset = 'orders', batchDate = '2026-11-30'): Promise<void> {
  const etl = await connectEtl();
  try {
    const published = await etl.temporal.workflow.execute<typeof publishDataset>('publishDataset', {
      taskQueue: 'etl',
      workflowId: `publish/${dataset}/${batchDate}`,
      args: [eventOf(dataset, batchDate)],
    });
    console.log(JSON.stringify(published));
  } finally {
    await etl.close();
  }
}

if (require.main === module) {
  main(...process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
