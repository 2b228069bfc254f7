import { joinUri } from '@etl/lib/uri';
import { resultsFolder, resultsName } from '@etl/pipeline/layout';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { ResultsPage } from './contract';

/** Writes a page of results, one JSON document per line. Returns the folder of all pages. */
export async function recordResults(store: Pick<ObjectStore, 'write'>, input: ResultsPage): Promise<{ uri: string }> {
  const uri = resultsFolder(input.plan.destination, input.batchWorkflowId, input.batchRunId);
  const lines = input.results.map((result) => `${JSON.stringify(result)}\n`).join('');
  await store.write(joinUri(uri, resultsName(input.page)), lines);
  return { uri };
}
