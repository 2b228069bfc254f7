import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveBatch } from '@etl/pipeline/batchIdentity';
import { createS3Store } from '@etl/storage/s3Store';
import { buildImage, etlDockerfile } from '../../../local/docker/images';
import { findMinistack } from '../../../local/ministack/find';
import { startMinistack } from '../../../local/ministack/server';
import { reported } from '../../../local/reported';
import { startGuard } from '../../../local/system/guard';
import { computeNotes, detailOf } from '../event';
import { functionMemoryMiB } from '../functionSize';
import type { CompareRequest } from '../request';
import type { Side } from '../side';
import { endedTasks } from '../tasks';
import { type Clients, standInClients } from './clients';
import { buckets, type Deployment, declarationsUri, deploy } from './deploy';
import { runExecution } from './execution';
import { downloadBatch, uploadDeclarations, uploadSource } from './files';
import { callsOf, stepsOf, transitionsOf, type Visit, visitsIn } from './history';
import { readDeadLetters, readMessages } from './queues';

export type SystemRequest = Pick<
  CompareRequest,
  'image' | 'workDir' | 'timeScale' | 'messageLanguage' | 'log' | 'signal'
>;
export type RunRequest = Omit<CompareRequest, keyof SystemRequest>;

/** A deployed state machine. */
export interface MachineSystem {
  /**
   * Runs one event to its end. Only one run at a time is allowed, because messages are assigned to runs by their time.
   */
  run(request: RunRequest): Promise<Side>;
  /** Stops everything, including containers. Never throws: it logs what could not be removed. */
  stop(): Promise<void>;
}

const services = ['ecs', 'ecs-metadata', 'iam', 'lambda', 'logs', 's3', 'sns', 'sqs', 'states'];
const root = join(__dirname, '..', '..', '..', '..');
const imageTag = 'etl-worker:compare';

/**
 * Minimum scale of ministack's waits. ministack polls a task 600 times, at intervals of this fraction of a second, and
 * then reports a timeout: a task has five minutes.
 */
const leastWaitScale = 0.5;

/**
 * Builds the image unless one is given, starts ministack and deploys. When it throws, everything that it started is
 * stopped.
 */
export async function startMachineSystem(request: SystemRequest): Promise<MachineSystem> {
  const { workDir, timeScale, messageLanguage, log, signal } = request;
  const image = request.image ?? (await builtImage(log, signal));
  const program = await findMinistack(log, signal);
  await mkdir(workDir, { recursive: true });
  const guard = startGuard();
  const starting = startMinistack({
    program,
    services,
    logFile: join(workDir, 'ministack.log'),
    waitScale: Math.max(timeScale, leastWaitScale),
    onSpawn: (pid) => guard.watch('ministack', pid),
    signal,
  });
  starting.catch(() => guard.release());
  const ministack = await reported(log, 'Step Functions: starting ministack', () => starting);
  const clients = standInClients(ministack.endpoint);
  const stop = async () => {
    clients.destroy();
    try {
      await ministack.stop();
    } catch (error) {
      // The comparison is complete, or has failed for a more important reason.
      log(`Step Functions: incomplete cleanup: ${(error as Error).message}`);
    } finally {
      guard.release();
    }
  };
  try {
    const deployment = await deploy(clients, { endpoint: ministack.endpoint, image, timeScale, messageLanguage });
    signal.throwIfAborted();
    return { run: (request) => run(clients, deployment, request, signal), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function builtImage(log: (line: string) => void, signal: AbortSignal): Promise<string> {
  await reported(log, 'Step Functions: building the image of the ETL (once, a minute or two)', () =>
    buildImage({ root, dockerfile: etlDockerfile, tag: imageTag, signal }),
  );
  return imageTag;
}

async function run(
  { s3, sfn, sqs, ecs }: Clients,
  { machine, machineArn, functions, messagesUrl, deadLettersUrl }: Deployment,
  request: RunRequest,
  signal: AbortSignal,
): Promise<Side> {
  const store = createS3Store(s3);
  const file = await uploadSource(store, request.file, buckets.raw);
  if (request.datasetsFolder !== undefined) await uploadDeclarations(store, request.datasetsFolder, declarationsUri);
  const detail = detailOf({ ...request, file, destination: `s3://${buckets.clean}` });
  const name = randomUUID();
  const execution = { stateMachineArn: machineArn, name, input: JSON.stringify({ detail }) };
  const { description, events } = await runExecution(sfn, execution, signal);
  const { status, error, cause, startDate, stopDate } = description;
  const visits = visitsIn(events);
  const [messages, deadLetters] = await Promise.all([
    readMessages(sqs, messagesUrl),
    readDeadLetters(sqs, deadLettersUrl),
  ]);
  return {
    engine: 'Step Functions (ministack)',
    status: status === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED',
    failureType: error ?? null,
    reason: cause ?? null,
    startedAt: startDate?.getTime() ?? 0,
    endedAt: stopDate?.getTime() ?? 0,
    steps: stepsOf(visits),
    messages,
    deadLetters,
    manifest: await downloadBatch(
      store,
      resolveBatch(detail, detail.s3Key, `s3://${buckets.raw}`),
      detail.destination,
      request.destination,
    ),
    apiCalls: callsOf(visits, machine),
    billed: { unit: 'state transitions', count: transitionsOf(visits) },
    functions: functionRuns(visits, functions),
    tasks: await endedTasks(ecs, name),
    notes: [...notes, ...computeNotes(request)],
  };
}

const notes = [
  'durations of functions are those of the calls, including cold starts',
  'a retry waits at most 60 s in ministack; ETL_TIME_SCALE shortens it to half at most',
  'a failed task does not fail its state in ministack as it does in AWS: ConfirmCommit detects the failure',
];

function functionRuns(visits: readonly Visit[], functions: Deployment['functions']): Side['functions'] {
  return visits.flatMap(({ state, attempts }) => {
    const arn = functions[state];
    if (arn === undefined) return [];
    const name = arn.split(':').at(-1) ?? arn;
    return attempts.map(({ startedAt, endedAt }) => ({
      name,
      seconds: (endedAt - startedAt) / 1000,
      memoryMiB: functionMemoryMiB,
    }));
  });
}
