import { transform } from '@etl/pipeline/definition';
import { layout, progressName } from '@etl/pipeline/layout';
import type { Progress } from '@etl/pipeline/manifest';
import type { TaskProgress } from '@etl/pipeline/runStatus';
import type { TaskEnd } from '@etl/pipeline/taskEnd';
import { joinUri } from '@etl/pipeline/uri';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { AwaitInput } from './contract';
import type { Describer } from './describer';
import type { TaskDescription, TaskLogs } from './ports';

/** DescribeTasks is eventually consistent: for so long after a launch, an unknown task is a pending one. */
const unknownGraceSeconds = 60;
const logTailLines = 20;

export interface Waiting {
  readonly describe: Describer;
  readonly store: ObjectStore;
  readonly taskLogs: TaskLogs;
  readonly heartbeat: (details: unknown) => void;
  readonly sleep: (seconds: number) => Promise<void>;
  readonly report: (progress: TaskProgress) => Promise<void>;
  readonly now: () => number;
}

/** Polls until the task is STOPPED or no longer known. Has no side effects: it may be repeated by any worker. */
export async function awaitTask(waiting: Waiting, input: AwaitInput): Promise<TaskEnd> {
  const { taskArn, plan, generation } = input;
  const progressUri = joinUri(layout(plan.destination, plan.batch).work(input.run.runId, generation), progressName);
  const startedAt = waiting.now();
  let seen = false;
  let reportedShare = -1;
  for (;;) {
    const task = await waiting.describe(taskArn);
    if (task?.lastStatus === 'STOPPED')
      return describeEnd(waiting, task, await readProgress(waiting.store, progressUri));
    if (!task && (seen || waiting.now() - startedAt > unknownGraceSeconds * 1000)) {
      return { taskArn, status: 'unknown', logTail: await waiting.taskLogs.tail(taskArn, logTailLines) };
    }
    seen ||= task !== undefined;
    const progress = await readProgress(waiting.store, progressUri);
    waiting.heartbeat({ taskArn, generation, status: task?.lastStatus ?? 'PENDING', progress });
    if (progress && shareOf(progress) - reportedShare >= transform.progressShare) {
      reportedShare = shareOf(progress);
      await waiting.report({ generation, progress });
    }
    await waiting.sleep(plan.timings.pollSeconds);
  }
}

/** Polls until a task that was asked to stop is STOPPED. */
export async function awaitStopped(
  waiting: Pick<Waiting, 'describe' | 'heartbeat' | 'sleep'>,
  taskArn: string,
): Promise<TaskEnd> {
  for (;;) {
    const task = await waiting.describe(taskArn);
    if (!task) return { taskArn, status: 'unknown', logTail: [] };
    if (task.lastStatus === 'STOPPED') return { ...endOf(task), logTail: [] };
    waiting.heartbeat({ taskArn, status: task.lastStatus });
    await waiting.sleep(1);
  }
}

async function describeEnd(waiting: Waiting, task: TaskDescription, progress: Progress | undefined): Promise<TaskEnd> {
  const logTail = task.exitCode === 0 ? [] : await waiting.taskLogs.tail(task.taskArn, logTailLines);
  const reported = task.exitCode === 0 ? undefined : progress?.failure;
  return { ...endOf(task), ...(reported && { reported }), logTail };
}

function endOf(task: TaskDescription): Omit<TaskEnd, 'logTail'> {
  const { taskArn, stopCode, stoppedReason, exitCode, containerReason } = task;
  return {
    taskArn,
    status: 'stopped',
    ...(stopCode !== undefined && { stopCode }),
    ...(stoppedReason !== undefined && { stoppedReason }),
    ...(exitCode !== undefined && { exitCode }),
    ...(containerReason !== undefined && { containerReason }),
  };
}

function shareOf(progress: Progress): number {
  return progress.bytesTotal > 0 ? progress.bytesRead / progress.bytesTotal : 0;
}

/** Progress is a comfort: that it cannot be read never ends a wait. */
async function readProgress(store: ObjectStore, uri: string): Promise<Progress | undefined> {
  try {
    const body = await store.readSmall(uri);
    return body ? (JSON.parse(body.toString('utf8')) as Progress) : undefined;
  } catch {
    return undefined;
  }
}
