import { joinUri } from '@etl/lib/uri';
import { layout, progressName } from '@etl/pipeline/layout';
import type { Progress } from '@etl/pipeline/manifest';
import type { TaskHeartbeat } from '@etl/pipeline/runStatus';
import type { TaskEnd } from '@etl/pipeline/taskEnd';
import type { AwaitInput } from './contract';
import type { Describer } from './describer';
import { endLikelyAt } from './expectedEnd';
import type { Note } from './heartbeat';
import type { TaskDescription, TaskLogs } from './ports';
import type { FollowedProgress, ProgressReader } from './progressReader';
import { endOf } from './taskEnds';

const logTailLines = 20;
const starting: ReadonlySet<string> = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);

export interface Waiting {
  readonly describer: Pick<Describer, 'watch'>;
  readonly progress: Pick<ProgressReader, 'read' | 'follow'>;
  readonly taskLogs: TaskLogs;
  /** Takes heartbeat details: Temporal shows them with the pending activity. */
  readonly note: Note;
  /** Takes each progress that was read. */
  readonly onProgress: (progress: Progress) => void;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** DescribeTasks is eventually consistent: a task is unknown once ECS has not known it for so long. */
  readonly unknownGraceSeconds: number;
}

/** Polls until the task is STOPPED, unknown, or late to start. Has no side effects: any worker may repeat it. */
export async function awaitTask(waiting: Waiting, input: AwaitInput): Promise<TaskEnd> {
  const { taskArn, plan, generation } = input;
  const work = layout(plan.destination, plan.batch).work(input.run.runId, generation);
  const progressUri = joinUri(work, progressName);
  const estimateSeconds = plan.routing?.estimate?.seconds;
  const watch = waiting.describer.watch(taskArn, waiting.signal);
  const waitingSince = waiting.now();
  let knownAt = waitingSince;
  let status: string | undefined;
  let progress: FollowedProgress | undefined;
  let changeLikelyAt = 0;

  const note = (now: boolean): void => {
    const last = progress?.last();
    const details: TaskHeartbeat = { generation, taskArn, ...(status && { status }), ...(last && { progress: last }) };
    waiting.note(details, now);
  };

  try {
    for (;;) {
      const task = await watch.next(changeLikelyAt);
      const now = waiting.now();
      if (task?.lastStatus === 'STOPPED') return await stoppedEnd(waiting, task, progressUri);
      if (!task && now - knownAt > waiting.unknownGraceSeconds * 1000) {
        return { taskArn, status: 'unknown', logTail: await waiting.taskLogs.tail(taskArn, logTailLines) };
      }
      const isStarting = !task || starting.has(task.lastStatus);
      if (task) {
        knownAt = now;
        const since = task.createdAt ?? waitingSince;
        if (isStarting && now - since > plan.timings.startTimeoutSeconds * 1000) {
          return { ...endOf(task), status: 'notStarted', logTail: [] };
        }
        if (task.lastStatus !== status) {
          status = task.lastStatus;
          note(false);
        }
      }
      const startedAt = task?.startedAt ?? waitingSince;
      if (!isStarting) {
        progress ??= waiting.progress.follow(progressUri, startedAt, (read) => {
          note(true);
          waiting.onProgress(read);
        });
      }
      const isChanging = isStarting || task.desiredStatus === 'STOPPED';
      changeLikelyAt = isChanging ? 0 : endLikelyAt({ now, startedAt, estimateSeconds, progress: progress?.last() });
    }
  } finally {
    progress?.stop();
  }
}

async function stoppedEnd(waiting: Waiting, task: TaskDescription, progressUri: string): Promise<TaskEnd> {
  const end = endOf(task);
  if (task.exitCode === 0) return { ...end, logTail: [] };
  const [logTail, last] = await Promise.all([
    waiting.taskLogs.tail(task.taskArn, logTailLines),
    waiting.progress.read(progressUri),
  ]);
  const reported = last?.failure;
  return { ...end, ...(reported !== undefined && { reported }), logTail };
}
