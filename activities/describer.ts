import {
  CredentialsError,
  maxTasksPerDescribe,
  type TaskDescription,
  type TaskRunner,
  TaskRunnerError,
  ThrottledError,
} from './ports';

export interface DescriberSettings {
  /** Milliseconds between two polls of a task, as long as the calls suffice for all tasks. */
  readonly pollMs: number;
  /** Milliseconds between two calls, whatever the number of tasks. */
  readonly callMs: number;
}

/** Watch of one task, for one wait. */
export interface TaskWatch {
  /**
   * Returns the task at the next poll; undefined if ECS does not know it. The first poll of a watch is due at once.
   * From `changeLikelyAt` on, in milliseconds of `performance.now`, this task takes precedence when one call has no
   * room for all tasks. @default 0
   * @throws {TaskRunnerError} if ECS will never answer
   * @throws {CredentialsError} since another worker may have valid credentials
   * @throws the signal's reason once it is aborted
   */
  next(changeLikelyAt?: number): Promise<TaskDescription | undefined>;
}

interface Wait {
  readonly taskArn: string;
  /** Milliseconds of `performance.now`; undefined before the first poll. */
  polledAt: number | undefined;
  changeLikelyAt: number;
  answer(task: TaskDescription | undefined): void;
  fail(error: unknown): void;
}

/** Factor by which a task whose status is likely to change is polled more often, when calls are scarce. */
const preference = 4;
/** Lowest rate of a throttled describer, as a share of the full rate. */
const minRate = 1 / 16;
/** Share of the full rate that each successful call restores. */
const recovery = 1 / 20;

/**
 * Creates the one place of a worker that calls DescribeTasks. Each call describes the hundred tasks that have waited
 * longest for a poll: up to a hundred tasks cost one call per poll, and more tasks are polled less often once the calls
 * do not suffice. A throttled call doubles all intervals, and successful calls shorten them again. A call that is
 * throttled or fails temporarily is retried at the next poll, without notifying the waits.
 */
export function createDescriber(tasks: Pick<TaskRunner, 'describe'>, settings: DescriberSettings) {
  const waits = new Set<Wait>();
  const inFlight = new Set<string>();
  let rate = 1;
  let throttledAt = Number.NEGATIVE_INFINITY;
  let calledAt = Number.NEGATIVE_INFINITY;
  let timer: { readonly at: number; readonly handle: NodeJS.Timeout } | undefined;

  const callDue = (): number => calledAt + settings.callMs / rate;
  const pollDue = ({ polledAt }: Wait): number => (polledAt === undefined ? 0 : polledAt + settings.pollMs / rate);
  const idle = (): Wait[] => [...waits].filter(({ taskArn }) => !inFlight.has(taskArn));

  /**
   * Returns the priority of a wait. It grows with the time since the last poll, so that preferred tasks never starve
   * the others.
   */
  function urgency({ polledAt, changeLikelyAt }: Wait, now: number): number {
    if (polledAt === undefined) return Number.MAX_VALUE;
    return (now - polledAt) * (now >= changeLikelyAt ? preference : 1);
  }

  function wakeAt(due: number): void {
    const at = Math.max(due, callDue());
    if (timer && timer.at <= at) return;
    clearTimeout(timer?.handle);
    timer = { at, handle: setTimeout(wake, Math.max(0, at - performance.now())) };
  }

  function wakeForRest(): void {
    const due = idle().reduce((least, wait) => Math.min(least, pollDue(wait)), Number.POSITIVE_INFINITY);
    if (due < Number.POSITIVE_INFINITY) wakeAt(due);
  }

  function wake(): void {
    timer = undefined;
    const now = performance.now();
    // Since the timer was set, the rate may have changed and waits may have been abandoned.
    if (now >= callDue() && idle().some((wait) => now >= pollDue(wait))) void call(now);
    wakeForRest();
  }

  /** Describes the most urgent tasks. If the call has room, it includes tasks that are not due yet. */
  async function call(now: number): Promise<void> {
    const candidates = idle().sort((a, b) => urgency(b, now) - urgency(a, now));
    const arns = [...new Set(candidates.map(({ taskArn }) => taskArn))].slice(0, maxTasksPerDescribe);
    const requested = new Set(arns);
    // Excludes waits that begin during the call: its response may be older than they are.
    const polled = candidates.filter(({ taskArn }) => requested.has(taskArn));
    for (const wait of polled) wait.polledAt = now;
    for (const arn of arns) inFlight.add(arn);
    calledAt = now;
    try {
      // The client's own retries would add to the rate and hide the throttling.
      const answer = await tasks.describe(arns, { retries: false });
      const found = new Map(answer.map((task) => [task.taskArn, task]));
      rate = Math.min(1, rate + recovery);
      for (const wait of polled) wait.answer(found.get(wait.taskArn));
    } catch (error) {
      const isFinal = error instanceof TaskRunnerError || error instanceof CredentialsError;
      if (isFinal) for (const wait of polled) wait.fail(error);
      // Of several concurrent calls that were throttled, only the first lowers the rate. Any other error is temporary:
      // the task runs whether or not it is polled.
      if (error instanceof ThrottledError && now > throttledAt) {
        rate = Math.max(minRate, rate / 2);
        throttledAt = performance.now();
      }
    } finally {
      for (const arn of arns) inFlight.delete(arn);
      wakeForRest();
    }
  }

  return {
    /** Starts to watch a task. Only pending `next` calls cause polls. */
    watch(taskArn: string, signal?: AbortSignal): TaskWatch {
      let polledAt: number | undefined;
      return {
        next(changeLikelyAt = 0) {
          signal?.throwIfAborted();
          return new Promise((resolve, reject) => {
            const end = (): void => {
              waits.delete(wait);
              signal?.removeEventListener('abort', giveUp);
              polledAt = wait.polledAt;
            };
            const giveUp = (): void => wait.fail(signal?.reason);
            const wait: Wait = {
              taskArn,
              polledAt,
              changeLikelyAt,
              answer(task) {
                end();
                resolve(task);
              },
              fail(error) {
                end();
                reject(error);
              },
            };
            waits.add(wait);
            signal?.addEventListener('abort', giveUp, { once: true });
            wakeAt(pollDue(wait));
          });
        },
      };
    },
  };
}

export type Describer = ReturnType<typeof createDescriber>;
