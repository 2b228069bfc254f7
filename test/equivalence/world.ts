import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import { variablesOf } from '@etl/pipeline/allowedPlacesFrom';
import { layout } from '@etl/pipeline/layout';
import { openStore } from '@etl/storage/openStore';
import { publish } from '@etl/storage/publish';
import type { Validation } from '../../activities/contract';
import { validateInput } from '../../activities/validateInput';
import { handler, type ValidationAnswer } from '../../step-functions/lambdas/validateInput';
import { prepare } from '../storage/support/batches';

/** Outcome of a launch. `running` never ends, `pending` never starts. */
export type LaunchEnd =
  | {
      readonly kind: 'stopped';
      readonly stopCode: string;
      readonly exitCode?: number;
      readonly stoppedReason?: string;
      readonly containerReason?: string;
    }
  | { readonly kind: 'refused'; readonly reason: string; readonly cause: 'capacity' | 'other' }
  | { readonly kind: 'unanswered' | 'throttled' | 'impossible' | 'running' | 'pending' };

const exit = (exitCode: number): LaunchEnd => ({ kind: 'stopped', stopCode: 'EssentialContainerExited', exitCode });
const stop = (stopCode: string, more: Partial<Extract<LaunchEnd, { kind: 'stopped' }>> = {}): LaunchEnd => ({
  kind: 'stopped',
  stopCode,
  ...more,
});

/** Every class of failure, and every exit code of the container. */
export const launchEnds = {
  done: exit(0),
  exit1: exit(1),
  exit65: exit(65),
  exit66: exit(66),
  exit69: exit(69),
  exit74: exit(74),
  exit75: exit(75),
  exit76: exit(76),
  exit78: exit(78),
  exit80: exit(80),
  exit81: exit(81),
  exit137: exit(137),
  exit143: exit(143),
  noExitCode: stop('EssentialContainerExited'),
  notStarted: stop('TaskFailedToStart', { stoppedReason: 'CannotPullContainerError: no such image' }),
  noCapacity: stop('TaskFailedToStart', { stoppedReason: 'Capacity is unavailable at this time.' }),
  spotTaken: stop('SpotInterruption', { exitCode: 143, stoppedReason: 'Your Spot Task was interrupted.' }),
  hostLost: stop('InfrastructureHealth', { stoppedReason: 'The host is unhealthy.' }),
  stoppedByHand: stop('UserInitiated', { exitCode: 143, stoppedReason: 'Task stopped by a user' }),
  outOfMemory: stop('EssentialContainerExited', {
    exitCode: 137,
    containerReason: 'OutOfMemoryError: Container killed due to memory usage',
  }),
  refused: { kind: 'refused', reason: 'INACTIVE', cause: 'other' },
  refusedForCapacity: { kind: 'refused', reason: 'Capacity is unavailable at this time.', cause: 'capacity' },
  unanswered: { kind: 'unanswered' },
  throttled: { kind: 'throttled' },
  impossible: { kind: 'impossible' },
  running: { kind: 'running' },
  pending: { kind: 'pending' },
} as const satisfies Record<string, LaunchEnd>;

export type LaunchName = keyof typeof launchEnds;
export const launchNames = Object.keys(launchEnds) as LaunchName[];

/** Written by `validations`, which also removes it. */
const file = join(tmpdir(), `equivalence-${randomUUID()}`, 'ventas_2026_02.csv');
const s3Key = fileUri(file);
/** Batch date of every valid event. */
export const batchDate = '2026-02-08';

/** Events of every shape, valid and invalid. */
export const events = {
  valid: { detail: { s3Key, batchDate } },
  'in an envelope': { version: '0', id: 'e1', source: 'aws.s3', region: 'eu-west-1', detail: { s3Key, batchDate } },
  'with options': {
    detail: { s3Key, batchDate, dataset: 'otras', source: 's', chunkRows: 7, dialect: { delimiter: ';' } },
  },
  'with compute': { detail: { s3Key, batchDate, compute: { cpu: 1024, memory: 4096, spot: true } } },
  'two hours': { detail: { s3Key, batchDate, compute: { timeoutSeconds: 7200 } } },
  'delivered before': { detail: { s3Key, batchDate, destination: fileUri(join(dirname(file), 'lake')) } },
  null: null,
  'an empty list': [],
  'a list': [{ detail: { s3Key, batchDate } }],
  'a string': 'detail',
  'an empty string': '',
  'a number': 7,
  'a boolean': true,
  'an empty object': {},
  'detail is null': { detail: null },
  'detail is a string': { detail: 'x' },
  'detail is a list': { detail: [] },
  'detail is empty': { detail: {} },
  'no date': { detail: { s3Key } },
  'no key': { detail: { batchDate } },
  'an invalid date': { detail: { s3Key, batchDate: '2026-02-30' } },
  'values of wrong types': { detail: { s3Key: 7, batchDate: [] } },
  'an unknown key in detail': { detail: { s3Key, batchDate, chunkrows: 7 } },
  'an unknown key beside detail': { s3Key, detail: { s3Key, batchDate } },
  'no such file': { detail: { s3Key: `${s3Key}.gone`, batchDate } },
  'a key outside the allowed places': { detail: { s3Key: 'ventas.csv', batchDate } },
  'a file of this machine': { detail: { s3Key: 'file:///etc/passwd', batchDate } },
  'a destination outside the allowed places': { detail: { s3Key, batchDate, destination: 's3://another-bucket' } },
  'braces and quotes': { detail: { s3Key, batchDate, "it's {}": '\\' } },
} as const satisfies Record<string, unknown>;

export type EventName = keyof typeof events;
export const eventNames = Object.keys(events) as EventName[];

/** Validation results of an event, from the activity and from the Lambda function. */
export interface Validations {
  readonly activity: Validation;
  readonly lambda: ValidationAnswer;
}

/** Publishes a batch without parts, with exactly the source and options of a valid event. */
async function publishAs(validation: Validation): Promise<void> {
  if (!validation.valid) throw new Error(validation.reasons.join());
  const { batch, destination, optionsHash, source } = validation.plan;
  const place = layout(destination, batch);
  const manifest = await prepare(openStore(), place, { name: 'before', startedAt: 1, parts: 0 });
  await publish(openStore(), place, { ...manifest, optionsHash, source });
}

/** Runs both validations on real files, so that each engine gets the result of its own validation. */
export async function validations(): Promise<ReadonlyMap<EventName, Validations>> {
  await mkdir(dirname(file));
  await writeFile(file, 'id,fecha\n1,2026-02-01\n');
  const places = { sources: [fileUri(dirname(file))], destinations: ['file:///lake', fileUri(dirname(file))] };
  const settings = { rawBase: undefined, cleanBase: 'file:///lake', places, timeScale: 1 };
  // The function reads its configuration from its environment.
  const environment = { ...variablesOf(places), S3_CLEAN_BUCKET: settings.cleanBase };
  Object.assign(process.env, environment);
  await publishAs(await validateInput(openStore(), settings, events['delivered before']));
  const all = eventNames.map(async (name): Promise<[EventName, Validations]> => {
    const event: unknown = events[name];
    return [name, { activity: await validateInput(openStore(), settings, event), lambda: await handler({ event }) }];
  });
  try {
    return new Map(await Promise.all(all));
  } finally {
    for (const name of Object.keys(environment)) delete process.env[name];
    await rm(dirname(file), { recursive: true });
  }
}
