import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileUri } from '@etl/lib/fileUri';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { generator } from '../../local/random';
import { readTasks } from '../support/realTasks';
import type { LocalSystemUnderTest } from '../support/system';
import { FragileWorker, kill } from './hands';
import { chunkRows, type Source } from './sources';

/** One run of the walk and how Temporal says it ended. */
export interface Walked {
  readonly workflowId: string;
  readonly runId: string;
  readonly dataset: string;
  readonly source: Source;
  readonly status: string;
  readonly failureType?: string;
  readonly launches: readonly { taskArn?: string; exitCode?: number; failureType?: string }[];
}

export interface WalkSettings {
  readonly runs: number;
  readonly seed: number;
  readonly sources: readonly Source[];
  readonly destination: string;
}

/** How many runs are under way at a time. */
const atOnce = 24;
const batchDate = '2026-02-08';

/** Starts the runs, and meanwhile kills, cancels and terminates at random. Returns when every run has ended. */
export async function walk(
  system: LocalSystemUnderTest,
  client: Client,
  settings: WalkSettings,
): Promise<{ walked: Walked[]; deeds: Record<string, number> }> {
  const random = generator(settings.seed);
  const pick = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)];
  const open = new Map<string, WorkflowHandle>();
  const deeds: Record<string, number> = {};
  let isOver = false;

  const worker = new FragileWorker(system);
  await worker.start();
  const replaceWorker = async (signal: 'SIGKILL' | 'SIGTERM') => {
    await worker.end(signal);
    await worker.start();
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
      if (name && done) deeds[name] = (deeds[name] ?? 0) + 1;
    }
  };

  const runOne = async (number: number): Promise<Walked> => {
    // One in fifteen cannot be loaded.
    const bad = settings.sources.length - 1;
    const source = settings.sources[number % 15 === 7 ? bad : number % bad];
    if (!source) throw new Error('no source');
    const dataset = `walk_${number}`;
    const compute = { spot: random() < 0.4, startTimeoutSeconds: 4, timeoutSeconds: 120 };
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
      const ended = await endOf(handle);
      return { workflowId, runId: handle.firstExecutionRunId, dataset, source, ...ended };
    } finally {
      open.delete(workflowId);
    }
  };

  const walked: Walked[] = [];
  let next = 0;
  const lane = async () => {
    while (next < settings.runs) walked.push(await runOne(next++));
    // The last ones come to their end in peace: a killed worker costs half a minute of waiting, and teaches nothing new.
    isOver = true;
  };
  const disturbing = disturb();
  await Promise.all(Array.from({ length: Math.min(atOnce, settings.runs) }, lane));
  await disturbing;
  await worker.end('SIGTERM');
  return { walked, deeds };
}

function atWeight<T extends readonly [number, ...unknown[]]>(things: readonly T[], at: number): T | undefined {
  let upTo = 0;
  return things.find(([weight]) => {
    upTo += weight;
    return at < upTo;
  });
}

type Ending = Pick<Walked, 'status' | 'failureType' | 'launches'>;

async function endOf(handle: WorkflowHandle): Promise<Ending> {
  try {
    const { launches } = (await handle.result()) as { launches: Walked['launches'] };
    return { status: 'COMPLETED', launches };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { status, memo } = await handle.describe();
    const end = (memo?.etl ?? {}) as { outcome?: string; launches?: Walked['launches'] };
    return { status: status.name, launches: end.launches ?? [], ...(end.outcome && { failureType: end.outcome }) };
  }
}
