import { coalesced } from '@etl/lib/coalesced';
import type { Datasets } from '@etl/pipeline/dataset/datasets';
import { noDatasets } from '@etl/pipeline/dataset/datasets';
import { DatasetFolder } from '@etl/storage/declarations/datasetFolder';
import { openStore } from '@etl/storage/openStore';
import type { Config } from './environment';

/** Returns a function that reads the declared datasets (ETL_DATASETS). Without a folder, none are declared. */
export function datasetReader({
  datasetsFolder,
  rawBase,
}: Pick<Config, 'datasetsFolder' | 'rawBase'>): () => Promise<Datasets> {
  if (datasetsFolder === undefined) return async () => noDatasets;
  const folder = new DatasetFolder(openStore(), datasetsFolder, rawBase);
  return coalesced(() => folder.read());
}
