// Publishes a file of a dataset: node dist/src/publish.js orders 2026-11-30
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connectEtl, type EtlEvent } from 'etl-orchestrator/client';
import type { publishDataset } from './workflows';

/** Returns the event of a dataset's file for a batch date. datasets/ declares how the file is read. */
export function eventOf(dataset: string, batchDate: string): EtlEvent {
  const file = resolve('landing', `${dataset}_${batchDate}.csv`);
  return { detail: { s3Key: pathToFileURL(file).href, batchDate, dataset } };
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
