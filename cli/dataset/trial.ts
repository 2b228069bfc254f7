import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { fileUri } from '@etl/lib/fileUri';
import { variablesOf } from '@etl/pipeline/allowedPlacesFrom';
import { containerEnvironment } from '@etl/pipeline/container';
import { defaultChunkRows, transform } from '@etl/pipeline/definition';
import type { Options } from '@etl/pipeline/options';
import { makeScratchFolder, removeScratchFolder } from '@etl/storage/scratchFolder';
import { type ContainerEnd, runContainer } from '../container';

export interface Trial {
  readonly inputUri: string;
  readonly dataset: string;
  readonly batchDate: string;
  readonly options: Options;
  readonly chunkRows?: number | undefined;
}

/** Converts a file with the program of the container into a folder that is removed afterwards. */
export async function convertOnTrial(trial: Trial): Promise<ContainerEnd> {
  const { inputUri, dataset, batchDate, options, chunkRows = defaultChunkRows } = trial;
  const folder = await makeScratchFolder(tmpdir(), 'trial');
  try {
    const environment = containerEnvironment({
      ...{ inputUri, dataset, batchDate, options, chunkRows },
      source: 'trial',
      destination: fileUri(folder),
      runId: randomUUID(),
      generation: 1,
      runStartedAt: new Date().toISOString(),
      timeoutSeconds: transform.timeoutSeconds,
    });
    const places = variablesOf({ sources: ['file:///'], destinations: ['file:///'] });
    return await runContainer({ ...places, ...environment }, () => undefined);
  } finally {
    await removeScratchFolder(folder);
  }
}
