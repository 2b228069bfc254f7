import { parentPort, workerData } from 'node:worker_threads';
import type { ReadAnswer, ReadRequest, ThreadData } from './messages';
import { buffersOf, GroupReader } from './readGroup';

// Worker thread that reads row groups for the engine.
const { dialect, checks } = workerData as ThreadData;
const reader = new GroupReader(dialect, checks);

parentPort?.on('message', ({ bytes, rows, plans }: ReadRequest) => {
  try {
    const found = reader.read(bytes, rows, plans);
    answer({ bytes, found }, buffersOf(bytes, found));
  } catch (error) {
    answer({ bytes, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }, [bytes.buffer]);
  }
});

function answer(message: ReadAnswer, handOver: ArrayBuffer[]): void {
  parentPort?.postMessage(message, handOver);
}
