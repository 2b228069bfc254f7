import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileUri } from '@etl/lib/fileUri';
import { generator } from '@etl/lib/random';
import type { RunStatus } from '@etl/pipeline/runStatus';
import { type Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { clockErrors } from '../support/clocks';
import { readTasks } from '../support/realTasks';
import type { LocalSystemUnderTest } from '../support/system';
import { deniedDate, timeoutSeconds } from './faults';
import { type FragileWorker, kill } from './hands';
import { chunkRows, replaceable, type Source, type Sources } from './sources';

/** A run of the walk, and its final status in Temporal. */
export interface Walked {
  readonly workflowId: string;
  readonly runId: string;
  /** `replaced`: the content of the source was replaced during the run. */
  readonly kind: 'ordinary' | 'bad' | 'replaced' | 'denied';
  readonly dataset: string;
  readonly batchDate: string;
  readonly source: Source;
  readonly status: string;
  readonly failureType?: string;
  /** Reason of a failure. */
  readonly reason?: string;
  /** Status of a run that has not ended. */
  readonly hangs?: object;
  readonly launches: readonly { taskArn?: string; exitCode?: number; failureType?: string }[];
}

export interface WalkSettings {
  readonly runs: number;
  readonly seed: number;
  readonly sources: Sources;
  readonly destination: string;
}

/** Maximum number of concurrent runs. */
const atOnce = 24;
/**
 * Timeout after which a run counts as hanging, also on a slow machine; its status is recorded and the others continue.
 */
export const hangsAfterMs = 600_000;
/**
 * About the duration of a run without faults. Half of the replacements happen within this time: before validation, or
 * during or after the read. The others happen between validation and container.
 */
const replacedWithinMs = 4000;

/**
 * Starts the runs, and meanwhile kills, cancels and terminates at random. Returns when every run has ended. The caller
 * ends the worker.
 */
export async function walk(
  system: LocalSystemUnderTest,
  worker: FragileWorker,
  client: Client,
  settings: WalkSettings,
): Promise<{ walked: Walked[]; actions: Record<string, number> }> {
  const random = generator(settings.seed);
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
  const open = new Map<string, WorkflowHandle>();
  const actions: Record<string, number> = {};
  let isOver = false;

  const count = (action: string) => {
    actions[action] = (actions[action] ?? 0) + 1;
  };

  const startWorker = async () => {
    const error = pick(clockErrors) ?? 0;
    await worker.start(error);
    if (error !== 0) count('clocks set wrong');
  };
  await startWorker();
  const replaceWorker = async (signal: 'SIGKILL' | 'SIGTERM') => {
    await worker.end(signal);
    await startWorker();
    return true;
  };
  const liveTaskFile = (name: 'programs.json' | 'supervisor.json') => {
    const live = readTasks(join(system.stateDir, 'ecs')).filter(({ programs, end }) => programs && !end);
    const id = pick(live)?.arn.split('/').at(-1) ?? '';
    const pid = /"pid":\s*(\d+)/.exec(system.taskFile(id, name) ?? '')?.[1];
    return pid === undefined ? undefined : Number(pid);
  };
  const things: readonly [weight: number, name: string, does: () => Promise<boolean>][] = [
    [30, 'tasks killed', async () => kill(liveTaskFile('programs.json'))],
    [8, 'supervisors killed', async () => kill(liveTaskFile('supervisor.json'))],
    [3, 'workers killed', () => replaceWorker('SIGKILL')],
    [3, 'workers deployed', () => replaceWorker('SIGTERM')],
    [8, 'runs cancelled', async () => Boolean(await pick([...open.values()])?.cancel())],
    [4, 'runs terminated', async () => Boolean(await pick([...open.values()])?.terminate('chaos'))],
  ];
  const total = things.reduce((sum, [weight]) => sum + weight, 0);
  const disturb = async () => {
    while (!isOver) {
      await delay(150 + 400 * random());
      const [, name, does] = atWeight(things, random() * total) ?? [];
      const done = await does?.().catch(() => false);
      if (name && done) count(name);
    }
  };

  const prepare = async (number: number, kind: Walked['kind']) => {
    const { good, bad } = settings.sources;
    if (kind === 'bad') return { source: bad, replace: undefined };
    const [first, second] = [good[number % good.length], good[(number + 1) % good.length]] as [Source, Source];
    if (kind !== 'replaced') return { source: first, replace: undefined };
    return replaceable(join(system.folder, `own_${number}.csv`), first, second);
  };

  const runOne = async (number: number): Promise<Walked> => {
    const kind = kindOf(number);
    const { source, replace } = await prepare(number, kind);
    const dataset = `walk_${number}`;
    const batchDate = kind === 'denied' ? deniedDate : '2026-02-08';
    const compute = { spot: random() < 0.4, startTimeoutSeconds: 4, timeoutSeconds };
    const detail = {
      s3Key: fileUri(source.path),
      batchDate,
      dataset,
      destination: settings.destination,
      chunkRows,
      compute,
    };
    const workflowId = `walk-${number}`;
    const handle = await client.workflow.start('etlPipeline', { workflowId, taskQueue: 'etl', args: [{ detail }] });
    open.set(workflowId, handle);
    try {
      const moment = () => (random() < 0.5 ? validated(handle) : delay(replacedWithinMs * random()));
      const replaced = replace && moment().then(replace);
      const [ended] = await Promise.all([endOf(handle), replaced]);
      if (replace) count('sources replaced');
      const { firstExecutionRunId: runId } = handle;
      return { workflowId, runId, kind, dataset, batchDate, source, ...ended };
    } finally {
      open.delete(workflowId);
    }
  };

  const walked: Walked[] = [];
  let next = 0;
  const lane = async () => {
    while (next < settings.runs) walked.push(await runOne(next++));
    // The last runs end undisturbed: each killed worker costs half a minute of waiting without testing anything new.
    isOver = true;
  };
  const disturbing = disturb();
  await Promise.all(Array.from({ length: Math.min(atOnce, settings.runs) }, lane));
  await disturbing;
  return { walked, actions };
}

/** One run in fifteen has bad data, one in ten is replaced, one in twenty lacks a permission. */
function kindOf(number: number): Walked['kind'] {
  if (number % 15 === 7) return 'bad';
  if (number % 10 === 3) return 'replaced';
  return number % 20 === 9 ? 'denied' : 'ordinary';
}

function atWeight<T extends readonly [number, ...unknown[]]>(things: readonly T[], at: number): T | undefined {
  let upTo = 0;
  return things.find(([weight]) => {
    upTo += weight;
    return at < upTo;
  });
}

type Ending = Pick<Walked, 'status' | 'failureType' | 'reason' | 'launches' | 'hangs'>;

async function endOf(handle: WorkflowHandle): Promise<Ending> {
  const hangs = new Error('hangs');
  const noted = new AbortController();
  const hanging = delay(hangsAfterMs, undefined, { signal: noted.signal }).then(() => Promise.reject(hangs));
  hanging.catch(() => undefined);
  try {
    const { launches } = (await Promise.race([handle.result(), hanging])) as { launches: Walked['launches'] };
    return { status: 'COMPLETED', launches };
  } catch (error) {
    if (error === hangs) {
      const status = await statusOf(handle);
      // Terminating the run also ends the wait for its result.
      await handle.terminate('it hangs').catch(() => undefined);
      return { status: 'RUNNING', launches: [], hangs: status };
    }
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { status, memo } = await handle.describe();
    const end = (memo?.etl ?? {}) as { outcome?: string; reason?: string; launches?: Walked['launches'] };
    const { outcome, reason, launches = [] } = end;
    return { status: status.name, launches, ...(outcome && { failureType: outcome }), ...(reason && { reason }) };
  } finally {
    noted.abort();
  }
}

/** Waits until the run has validated its source, for at most about ten seconds. */
async function validated(handle: WorkflowHandle): Promise<void> {
  for (let look = 0; look < 100; look++) {
    const status = await handle.query<RunStatus>('status').catch(() => undefined);
    if (status && status.step !== 'validate') return;
    await delay(100);
  }
}

/** Returns the status of a run and its pending activities. */
async function statusOf(handle: WorkflowHandle): Promise<object> {
  const { raw } = await handle.describe();
  const pending = raw.pendingActivities?.map(({ activityType, attempt, lastFailure }) => ({
    activity: activityType?.name,
    attempt,
    lastFailure: lastFailure?.message,
  }));
  const status = await handle.query('status').catch((error: Error) => error.message);
  return { status, pending };
}
