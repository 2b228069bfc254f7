import { resolve } from 'node:path';
import type { EventSource } from '@etl/pipeline/intake/eventSource';
import { startsOf } from '@etl/pipeline/intake/starts';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { DeadLetters } from '../../activities/ports';
import { createFolderEventSource } from '../../local/folderEventSource';
import { awsServices } from '../aws';
import type { Config } from '../config';
import { type Intake, startIntake } from './consume';
import { createGate } from './gate';
import { intakeRule } from './rule';
import { createOpenCount, createStarter } from './startPipeline';

/** Takes up landed files from every source that is configured; none of them is no error. */
export function startIntakes(
  config: Config,
  client: Client,
  deadLetters: Pick<DeadLetters, 'send'>,
  log: Logger,
): readonly Intake[] {
  const sources = configuredSources(config, log);
  if (sources.length === 0) return [];
  const rule = intakeRule(config);
  const gate = createGate({ maxOpen: config.INTAKE_MAX_OPEN, count: createOpenCount(client), log });
  const start = createStarter(client);
  return sources.map((source) => {
    log.info({ source: source.name }, 'files that land here start pipelines');
    const read = (body: string, messageId: string) => startsOf(body, messageId, rule, config.rawBase);
    return startIntake({ source, read, start, gate, deadLetters, maxReceives: config.INTAKE_MAX_RECEIVES, log });
  });
}

function configuredSources(config: Config, log: Logger): EventSource[] {
  const { INTAKE_QUEUE_URL: queueUrl, INTAKE_FOLDER: folder, INTAKE_HIDDEN_SECONDS: hiddenSeconds } = config;
  const warn = (details: object, message: string) => log.warn(details, message);
  return [
    ...(queueUrl === undefined ? [] : [awsServices().events(queueUrl, { warn, hiddenSeconds })]),
    ...(folder === undefined ? [] : [createFolderEventSource(resolve(folder), { warn })]),
  ];
}
