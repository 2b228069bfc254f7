import { createTokenBucket, type RateLimit } from '@etl/pipeline/tokenBucket';
import { maxTasksPerDescribe, type TaskDescription, type TaskRunner, TaskRunnerError } from './ports';

/** `fast` for a task that starts or stops, `slow` for one that runs. */
export type Pace = 'fast' | 'slow';

export interface DescriberSettings {
  readonly tickSeconds: number;
  /** Running tasks are looked at in every n-th tick. */
  readonly slowEvery: number;
  /**
   * ECS lets an account read 20 times a second from a cluster (burst 100), consoles and other programs included: a worker
   * takes half of it. Source: Amazon ECS API Reference, request throttling.
   */
  readonly limit: RateLimit;
}

export const defaultLimit: RateLimit = { perSecond: 10, burst: 50 };

interface Wait {
  readonly pace: Pace;
  resolve(task: TaskDescription | undefined): void;
  reject(error: unknown): void;
}

/**
 * The one place of a worker that asks ECS how tasks are. All waits ask here; what is due at a tick goes out together, so
 * that N running tasks cost N/100 calls a look, at the same moments. A call that is throttled or fails for now is asked
 * again at the next tick, and no wait hears of it.
 */
export function createDescriber(tasks: Pick<TaskRunner, 'describe'>, settings: DescriberSettings) {
  const bucket = createTokenBucket(settings.limit, Date.now);
  /** By ARN, in the order in which they were asked for: who could not be served is served first at the next tick. */
  const waits = new Map<string, Set<Wait>>();
  const underWay = new Set<string>();
  let ticks = 0;
  let timer: NodeJS.Timeout | undefined;

  /** What must be asked now, and then, since it costs no further call, as many others as a call has room for. */
  function due(): string[] {
    const idle = [...waits].filter(([arn]) => !underWay.has(arn));
    const isSlowTick = ticks % settings.slowEvery === 0;
    const isDue = ([, asked]: [string, Set<Wait>]) => isSlowTick || [...asked].some(({ pace }) => pace === 'fast');
    const now = idle.filter(isDue);
    const room = (maxTasksPerDescribe - (now.length % maxTasksPerDescribe)) % maxTasksPerDescribe;
    const later = idle.filter((each) => !isDue(each)).slice(0, room);
    return [...now, ...later].map(([arn]) => arn);
  }

  async function ask(arns: readonly string[]): Promise<void> {
    try {
      const found = new Map((await tasks.describe(arns)).map((task) => [task.taskArn, task]));
      for (const arn of arns) settle(arn, (wait) => wait.resolve(found.get(arn)));
    } catch (error) {
      // Anything else goes away by itself: the task runs, whether it can be seen or not.
      if (error instanceof TaskRunnerError) for (const arn of arns) settle(arn, (wait) => wait.reject(error));
    }
  }

  function settle(arn: string, end: (wait: Wait) => void): void {
    const asked = waits.get(arn);
    waits.delete(arn);
    for (const wait of asked ?? []) end(wait);
  }

  function tick(): void {
    ticks += 1;
    const arns = due();
    for (let from = 0; from < arns.length && bucket.take(); from += maxTasksPerDescribe) {
      const group = arns.slice(from, from + maxTasksPerDescribe);
      for (const arn of group) underWay.add(arn);
      void ask(group).finally(() => {
        for (const arn of group) underWay.delete(arn);
      });
    }
    if (waits.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  }

  return {
    /**
     * The task at the next look of this pace; undefined when ECS does not know it. Rejects with `TaskRunnerError` when
     * ECS will never answer, and with the signal's reason once that is aborted.
     */
    next(taskArn: string, pace: Pace, signal?: AbortSignal): Promise<TaskDescription | undefined> {
      signal?.throwIfAborted();
      timer ??= setInterval(tick, settings.tickSeconds * 1000);
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          waits.get(taskArn)?.delete(wait);
          if (waits.get(taskArn)?.size === 0) waits.delete(taskArn);
          reject(signal?.reason);
        };
        const answered =
          <T>(end: (value: T) => void) =>
          (value: T) => {
            signal?.removeEventListener('abort', giveUp);
            end(value);
          };
        const wait: Wait = { pace, resolve: answered(resolve), reject: answered(reject) };
        waits.set(taskArn, (waits.get(taskArn) ?? new Set()).add(wait));
        signal?.addEventListener('abort', giveUp, { once: true });
      });
    },
  };
}

export type Describer = ReturnType<typeof createDescriber>;
