import { readdir } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { type Depth, totalOf } from '../../aws/sqsDepth';
import type { Config } from '../../config/environment';
import { places } from '../../local/places';
import { awsServices } from '../aws';
import type { Metrics } from './metrics';
import { polledQueues, readBacklog } from './taskQueues';

/** One call to a service, whose answer sets gauges. */
export interface Reading {
  /** What is read, for the log. */
  readonly name: string;
  /** Reads and sets the gauges; with `undefined` if the service does not report a value. */
  read(): Promise<void>;
  /** Withdraws the gauges after a failed call. */
  withdraw(): void;
}

/** Returns the readings of all queues that a worker with this configuration uses. */
export function queueReadings(
  config: Pick<Config, 'INTAKE_QUEUE_URL' | 'DLQ_URL' | 'stateDir'>,
  client: Client,
  namespace: string,
  { observe }: Pick<Metrics, 'observe'>,
): readonly Reading[] {
  const { INTAKE_QUEUE_URL: events, DLQ_URL: letters, stateDir } = config;
  const ofQueues = polledQueues.map((queue) =>
    reading(
      `task queue ${queue.task_queue}`,
      () => readBacklog(client, namespace, queue),
      (backlog) => {
        observe('etl_task_queue_backlog_tasks', backlog?.tasks, queue);
        observe('etl_task_queue_backlog_age_seconds', backlog?.ageSeconds, queue);
      },
    ),
  );
  const ofLetters = reading(
    'dead-letter queue',
    letters === undefined ? () => countFiles(places(stateDir).deadLetters) : totalIn(letters),
    (count) => observe('etl_dead_letters', count, {}),
  );
  const ofEvents =
    events === undefined
      ? []
      : [
          reading('queue of landed files', awsServices().queueDepth(events), (depth) => {
            for (const state of ['waiting', 'in_flight', 'delayed'] as const)
              observe('etl_event_queue_messages', depth?.[state], { state });
          }),
        ];
  return [...ofQueues, ofLetters, ...ofEvents];
}

function reading<T>(name: string, call: () => Promise<T>, show: (found: T | undefined) => void): Reading {
  return { name, read: async () => show(await call()), withdraw: () => show(undefined) };
}

function totalIn(queueUrl: string): () => Promise<number> {
  const read: () => Promise<Depth> = awsServices().queueDepth(queueUrl);
  return async () => totalOf(await read());
}

/** Returns the number of letters in a folder; 0 for a folder that does not exist yet. */
async function countFiles(folder: string): Promise<number> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => !name.startsWith('.')).length;
}
