import { CliError } from '@etl/lib/cliError';
import type { Datasets } from '@etl/pipeline/dataset/datasets';
import type { LetterPlaces } from '@etl/pipeline/deadLetters/eventKey';
import type { ObjectStore } from '@etl/storage/objectStore';
import { openStore } from '@etl/storage/openStore';
import { createMarkedBox } from '../../activities/deadLetters/markedBox';
import type { DeadLetterBox } from '../../activities/ports';
import { datasetReader } from '../../config/datasets';
import { type Config, parseConfig } from '../../config/environment';
import { createDeadLetterFolder } from '../../local/deadLetterFolder';
import { places as localPlaces } from '../../local/places';
import { awsServices } from '../../workers/aws';
import { cliExitCodes } from '../errors';
import { groupLetters, type LetterGroup } from './groups';

/** The configured dead-letter queue or folder. */
export interface OpenBox {
  readonly box: DeadLetterBox;
  readonly config: Config;
  readonly datasets: Datasets;
  /** Lists one group for each event. `limited`: there may be more letters. */
  list(limit: number): Promise<{ readonly groups: readonly LetterGroup[]; readonly limited: boolean }>;
}

/** Opens the configured queue, or the local system's folder, and closes it when the work ends or fails. */
export async function withBox(work: (open: OpenBox) => Promise<void>): Promise<void> {
  const config = parseConfig(process.env);
  const datasets = await datasetReader(config)();
  const places: LetterPlaces = { ...config, datasets };
  const store = openStore();
  const box = openBox(config, store, places);
  const list = async (limit: number) => {
    const letters = await lettersIn(box, limit);
    return { groups: await groupLetters(letters, store, places), limited: letters.length === limit };
  };
  try {
    await work({ box, config, datasets, list });
  } finally {
    await box.close();
  }
}

function openBox({ DLQ_URL: queueUrl, stateDir }: Config, store: ObjectStore, places: LetterPlaces): DeadLetterBox {
  if (queueUrl === undefined) return createDeadLetterFolder(localPlaces(stateDir).deadLetters);
  return createMarkedBox(awsServices().deadLetterBox(queueUrl), store, places);
}

async function lettersIn(box: DeadLetterBox, limit: number) {
  try {
    return await box.list(limit);
  } catch (error) {
    const message = `cannot read the dead letters in ${box.name}: ${(error as Error).message}`;
    const remedy = 'Check DLQ_URL and the variables of the AWS SDK, or ETL_STATE_DIR if DLQ_URL is not set';
    throw new CliError(message, remedy, cliExitCodes.unavailable, { cause: error });
  }
}
