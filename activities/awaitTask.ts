import { transform } from '@etl/pipeline/definition';
import { layout, progressName } from '@etl/pipeline/layout';
import type { Progress } from '@etl/pipeline/manifest';
import type { TaskProgress } from '@etl/pipeline/runStatus';
import type { TaskEnd } from '@etl/pipeline/taskEnd';
import { joinUri } from '@etl/pipeline/uri';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { AwaitInput } from './contract';
import type { Describer, Pace } from './describer';
import type { TaskDescription, TaskLogs } from './ports';
import { endOf } from './taskEnds';

const logTailLines = 20;
const starting: ReadonlySet<string> = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);

export interface Waiting {
  readonly describer: Pick<Describer, 'next'>;
  readonly store: Pick<ObjectStore, 'readSmall'>;
  readonly taskLogs: TaskLogs;
  /** What the wait is at, for heartbeats. */
  readonly note: (details: object) => void;
  readonly report: (progress: TaskProgress) => Promise<void>;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** DescribeTasks is eventually consistent: a task is unknown once nobody has known it for so long. */
  readonly unknownGraceSeconds: number;
}

/** Polls until the task is STOPPED, unknown, or late to start. Has no side effects: any worker may repeat it. */
export async function awaitTask(waiting: Waiting, input: AwaitInput): Promise<TaskEnd> {
  const { taskArn, plan, generation } = input;
  const work = layout(plan.destination, plan.batch).work(input.run.runId, generation);
  const progress = progressWatch(waiting, joinUri(work, progressName), generation);
  const startedAt = waiting.now();
  let knownAt = startedAt;
  let pace: Pace = 'fast';
  for (;;) {
    const task = await waiting.describer.next(taskArn, pace, waiting.signal);
    const now = waiting.now();
    if (task?.lastStatus === 'STOPPED') return stoppedEnd(waiting, task, progress.read);
    if (!task && now - knownAt > waiting.unknownGraceSeconds * 1000) {
      return { taskArn, status: 'unknown', logTail: await waiting.taskLogs.tail(taskArn, logTailLines) };
    }
    const isStarting = !task || starting.has(task.lastStatus);
    if (task) {
      knownAt = now;
      const since = task.createdAt ?? startedAt;
      if (isStarting && now - since > plan.timings.startTimeoutSeconds * 1000) {
        return { ...endOf(task), status: 'notStarted', logTail: [] };
      }
    }
    pace = isStarting || task.desiredStatus === 'STOPPED' ? 'fast' : 'slow';
    waiting.note({ taskArn, generation, status: task?.lastStatus ?? 'PENDING', progress: progress.last() });
    if (!isStarting) await progress.look(now - startedAt);
  }
}

async function stoppedEnd(
  waiting: Waiting,
  task: TaskDescription,
  readProgress: () => Promise<Progress | undefined>,
): Promise<TaskEnd> {
  const end = endOf(task);
  if (task.exitCode === 0) return { ...end, logTail: [] };
  const logTail = await waiting.taskLogs.tail(task.taskArn, logTailLines);
  const reported = (await readProgress())?.failure;
  return { ...end, ...(reported !== undefined && { reported }), logTail };
}

/** Reads the task's progress ever more seldom the longer it runs, and reports it every few percent. */
function progressWatch(waiting: Waiting, uri: string, generation: number) {
  const looksPerRun = 20;
  let last: Progress | undefined;
  let reportedShare = -1;
  let nextLookAfter = 0;

  /** Progress is a comfort: that it cannot be read never ends a wait. */
  async function read(): Promise<Progress | undefined> {
    try {
      const body = await waiting.store.readSmall(uri);
      if (body) last = JSON.parse(body.toString('utf8')) as Progress;
    } catch {
      // The next look may find it.
    }
    return last;
  }

  return {
    read,
    last: () => last,
    async look(elapsedMs: number): Promise<void> {
      if (elapsedMs < nextLookAfter) return;
      nextLookAfter = elapsedMs * (1 + 1 / looksPerRun);
      const progress = await read();
      if (!progress || shareOf(progress) - reportedShare < transform.progressShare) return;
      reportedShare = shareOf(progress);
      await waiting.report({ generation, progress });
    },
  };
}

function shareOf(progress: Progress): number {
  return progress.bytesTotal > 0 ? progress.bytesRead / progress.bytesTotal : 0;
}
