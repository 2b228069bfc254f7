import { parentPort } from 'node:worker_threads';
import { inspectHead } from '@etl/pipeline/csv/inspectHead';
import type { InspectionAnswer, InspectionRequest } from './messages';

/** The program of the thread that inspects heads of files. */
parentPort?.on('message', async (request: InspectionRequest) => {
  parentPort?.postMessage(await answer(request));
});

async function answer({ bytes, options }: InspectionRequest): Promise<InspectionAnswer> {
  try {
    return { inspection: await inspectHead(Buffer.from(bytes.buffer), options) };
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
