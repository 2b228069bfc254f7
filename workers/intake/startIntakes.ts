import { resolve } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import { destinationProblem, sourceProblem } from '@etl/pipeline/allowedPlaces';
import type { Datasets } from '@etl/pipeline/dataset/datasets';
import type { EventSource } from '@etl/pipeline/intake/eventSource';
import { startsOf } from '@etl/pipeline/intake/starts';
import { withinPlaces } from '@etl/pipeline/intake/withinPlaces';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { DeadLetters } from '../../activities/ports';
import type { Config } from '../../config/environment';
import { ConfigError } from '../../config/errors';
import { createFolderEventSource } from '../../local/folderEventSource';
import { awsServices } from '../aws';
import { maxConcurrentCalls } from '../concurrency';
import { type Intake, startIntake } from './consume';
import { createGate } from './gate';
import { intakeRule } from './rule';
import { createOpenCount, createStarter } from './startPipeline';

/**
 * Starts an intake for each configured source. Having no source is not an error.
 *
 * @throws {ConfigError} when the watched folder, or the destination that all files share, is not allowed.
 */
export function startIntakes(
  config: Config,
  client: Client,
  deadLetters: Pick<DeadLetters, 'send'>,
  log: Logger,
  readDatasets: () => Promise<Datasets>,
): readonly Intake[] {
  checkPlaces(config);
  const sources = configuredSources(config, log);
  if (sources.length === 0) return [];
  const rule = intakeRule(config);
  const gate = createGate({ maxOpen: config.INTAKE_MAX_OPEN, count: createOpenCount(client), log });
  const start = createStarter(client);
  return sources.map((source) => {
    log.info({ source: source.name }, 'intake started');
    const read = async (body: string, messageId: string) => {
      const datasets = await readDatasets();
      return withinPlaces(startsOf(body, messageId, { ...rule, datasets }, config.rawBase), config.places);
    };
    return startIntake({ source, read, start, gate, deadLetters, maxReceives: config.INTAKE_MAX_RECEIVES, log });
  });
}

/** Checks the configured folder and destination at the start; otherwise every file would become a dead letter. */
function checkPlaces({ INTAKE_FOLDER: folder, INTAKE_DETAIL: detail, places }: Config): void {
  const uri = folder === undefined ? undefined : fileUri(resolve(folder));
  const outside = uri && sourceProblem(places, uri);
  const { destination } = detail ?? {};
  const forbidden = typeof destination === 'string' ? destinationProblem(places, destination) : undefined;
  const problems = [
    ...(outside === undefined ? [] : [`INTAKE_FOLDER: ${uri} ${outside}`]),
    ...(forbidden === undefined ? [] : [`INTAKE_DETAIL: destination: ${destination} ${forbidden}`]),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
}

function configuredSources(config: Config, log: Logger): EventSource[] {
  const { INTAKE_QUEUE_URL: queueUrl, INTAKE_FOLDER: folder, INTAKE_HIDDEN_SECONDS: hiddenSeconds } = config;
  const warn = (details: object, message: string) => log.warn(details, message);
  return [
    ...(queueUrl === undefined
      ? []
      : [awsServices().events(queueUrl, { warn, hiddenSeconds }, maxConcurrentCalls(config).sqs)]),
    ...(folder === undefined ? [] : [createFolderEventSource(resolve(folder), { warn })]),
  ];
}
