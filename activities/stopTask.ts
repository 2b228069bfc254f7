import type { TaskEnd } from '@etl/pipeline/failures/taskEnd';
import type { Waiting } from './awaitTask';
import type { StopInput } from './contract';
import type { TaskRunner } from './ports';
import { endOf, hasEnded, lasting } from './taskEnds';

/** Seconds after which StopTask is sent again if the task has not ended: ECS may accept a call without effect. */
const resendSeconds = 30;

/**
 * Stops the task. Returns when it is STOPPED; with `until: 'ended'`, also when its container has ended; or when ECS has
 * not known it for the grace time. A task that was just launched may not be visible yet, and must still be stopped.
 */
export async function stopTask(
  tasks: Pick<TaskRunner, 'stop'>,
  waiting: Pick<Waiting, 'describer' | 'note' | 'now' | 'signal' | 'unknownGraceSeconds' | 'endGraceSeconds'>,
  { taskArn, reason, until = 'stopped' }: StopInput,
): Promise<TaskEnd> {
  const watch = waiting.describer.watch(taskArn, waiting.signal);
  const hasBeenEnded = lasting(waiting.now, waiting.endGraceSeconds ?? 0);
  let knownAt = waiting.now();
  let sentAt: number | undefined;
  let status: string | undefined;
  for (;;) {
    if (sentAt === undefined || waiting.now() - sentAt > resendSeconds * 1000) {
      // Unknown to ECS: send StopTask again at the next poll.
      sentAt = (await tasks.stop(taskArn, reason)) ? waiting.now() : undefined;
    }
    const task = await watch.next();
    if (task?.lastStatus === 'STOPPED') return { ...endOf(task), logTail: [] };
    if (hasBeenEnded(hasEnded(task)) && task && until === 'ended') {
      return { ...endOf(task), status: 'ended', logTail: [] };
    }
    if (task) knownAt = waiting.now();
    else if (waiting.now() - knownAt > waiting.unknownGraceSeconds * 1000) {
      return { taskArn, status: 'unknown', logTail: [] };
    }
    const seen = task?.lastStatus ?? 'unknown';
    if (seen !== status) waiting.note({ taskArn, status: seen });
    status = seen;
  }
}
