import { joinUri } from '@etl/lib/uri';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import type { TaskEnd } from '@etl/pipeline/failures/taskEnd';
import { layout, progressName } from '@etl/pipeline/layout';
import type { Progress } from '@etl/pipeline/manifest';
import type { TaskHeartbeat } from '@etl/pipeline/runStatus';
import type { AwaitInput } from './contract';
import type { Describer } from './describer';
import { endLikelyAt } from './expectedEnd';
import type { Note } from './heartbeat';
import type { TaskDescription, TaskLogs } from './ports';
import type { FollowedProgress, ProgressReader } from './progressReader';
import { endOf, hasEnded, lasting } from './taskEnds';

const logTailLines = 20;
const starting: ReadonlySet<string> = new Set(['PROVISIONING', 'PENDING', 'ACTIVATING']);
/**
 * Seconds within which most tasks start. After this time, or a third of the start timeout if that is shorter, the
 * progress of the task is followed: it may be running although ECS returns an outdated record.
 */
const usualStartSeconds = 30;

export interface Waiting {
  readonly describer: Pick<Describer, 'watch'>;
  readonly progress: Pick<ProgressReader, 'read' | 'follow'>;
  readonly taskLogs: TaskLogs;
  /** Sets the heartbeat details, which Temporal shows with the pending activity. */
  readonly note: Note;
  /** Receives each progress that was read. */
  readonly onProgress: (progress: Progress) => void;
  /** Returns milliseconds of a monotonic clock. Never compared with the timestamps of a service. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Seconds after which a task counts as unknown if ECS does not find it: DescribeTasks is eventually consistent. */
  readonly unknownGraceSeconds: number;
  /**
   * Seconds that ECS may take to report a task STOPPED after its container has ended. Afterwards the task is reported
   * as `ended`. @default 0
   */
  readonly endGraceSeconds?: number;
  /** Seconds that earlier attempts have waited for the task. @default 0 */
  readonly waitedSeconds?: number;
}

/**
 * Polls until the task is STOPPED, unknown, or late to start; with `until: 'ended'`, also until its container has
 * ended. Has no side effects, so any worker may retry it.
 */
export async function awaitTask(waiting: Waiting, input: AwaitInput): Promise<TaskEnd> {
  const { taskArn, plan, generation, until = 'stopped' } = input;
  const { waitedSeconds = 0, endGraceSeconds = 0 } = waiting;
  const work = layout(plan.destination, plan.batch).work(input.run.runId, generation);
  const progressUri = joinUri(work, progressName);
  const estimateSeconds = plan.routing?.estimate?.seconds;
  const watch = waiting.describer.watch(taskArn, waiting.signal);
  const waitingSince = waiting.now() - waitedSeconds * 1000;
  const { startTimeoutSeconds } = plan.timings;
  const usualStartMs = Math.min(usualStartSeconds, startTimeoutSeconds / 3) * 1000;
  const hasBeenEnded = lasting(waiting.now, endGraceSeconds);
  let knownAt = waiting.now();
  let known: TaskDescription | undefined;
  let status: string | undefined;
  let progress: FollowedProgress | undefined;
  let readAt: number | undefined;
  let runningSince: number | undefined;
  let changeLikelyAt = 0;

  const note = (now: boolean): void => {
    const last = progress?.last();
    const details: TaskHeartbeat = { generation, taskArn, ...(status && { status }), ...(last && { progress: last }) };
    waiting.note(details, now);
  };

  try {
    for (let isFirst = true; ; isFirst = false) {
      const task = await watch.next(changeLikelyAt);
      const now = waiting.now();
      const waitedMs = now - waitingSince;
      if (task?.lastStatus === 'STOPPED') return await stoppedEnd(waiting, task, progressUri);
      if (task) [known, knownAt] = [task, now];
      const isEnded = hasEnded(task, progress?.last());
      if (hasBeenEnded(isEnded) && until === 'ended') return await containerEnd(waiting, known, taskArn, progressUri);
      if (!task && now - knownAt > waiting.unknownGraceSeconds * 1000) {
        return { taskArn, status: 'unknown', logTail: await waiting.taskLogs.tail(taskArn, logTailLines) };
      }
      const isStarting = !task || starting.has(task.lastStatus);
      if (task) {
        // Progress proves that the container runs, whatever ECS reports.
        const isLate = isStarting && !progress?.last() && waitedMs > startTimeoutSeconds * 1000;
        if (isLate) return { ...endOf(task), status: 'notStarted', logTail: [] };
        if (task.lastStatus !== status) {
          status = task.lastStatus;
          note(false);
        }
      }
      // The task may have been running for as long as earlier attempts have waited.
      if (!isStarting) runningSince ??= isFirst ? waitingSince : now;
      if (!isStarting || waitedMs > usualStartMs) {
        progress ??= waiting.progress.follow(progressUri, runningSince ?? now, (read) => {
          readAt = waiting.now();
          note(true);
          waiting.onProgress(read);
        });
      }
      const isChanging = isStarting || isEnded || task.desiredStatus === 'STOPPED';
      changeLikelyAt =
        isChanging || runningSince === undefined
          ? 0
          : endLikelyAt({ now, startedAt: runningSince, estimateSeconds, progress: progress?.last(), readAt });
    }
  } finally {
    progress?.stop();
  }
}

async function stoppedEnd(waiting: Waiting, task: TaskDescription, progressUri: string): Promise<TaskEnd> {
  return explained(waiting, { ...endOf(task), logTail: [] }, progressUri);
}

/** Returns the end of a container from the last description of its task, if there was one. */
async function containerEnd(
  waiting: Waiting,
  task: TaskDescription | undefined,
  taskArn: string,
  progressUri: string,
): Promise<TaskEnd> {
  const end: TaskEnd = { ...(task ? endOf(task) : { taskArn }), status: 'ended', logTail: [] };
  return end.exitCode === undefined ? end : explained(waiting, end, progressUri);
}

/** Adds the log of a failed task, and the cause that the container has reported. */
async function explained(waiting: Waiting, end: TaskEnd, progressUri: string): Promise<TaskEnd> {
  if (end.exitCode === exitCodes.done) return end;
  const [logTail, last] = await Promise.all([
    waiting.taskLogs.tail(end.taskArn, logTailLines),
    waiting.progress.read(progressUri),
  ]);
  const reported = last?.failure;
  return { ...end, ...(reported !== undefined && { reported }), logTail };
}
