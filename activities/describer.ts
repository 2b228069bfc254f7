import {
  CredentialsError,
  maxTasksPerDescribe,
  type TaskDescription,
  type TaskRunner,
  TaskRunnerError,
  ThrottledError,
} from './ports';

export interface DescriberSettings {
  /** Between two looks at a task, in milliseconds, while the calls suffice for all tasks. */
  readonly lookMs: number;
  /** Between two calls, in milliseconds, whatever the number of tasks. */
  readonly callMs: number;
}

/** One wait for one task. */
export interface TaskWatch {
  /**
   * Returns the task at the next look; undefined when ECS does not know it. The first look of a watch is due at once.
   * `changeLikelyAt`, in milliseconds of `performance.now`: from then on this task comes before others when one call has no room for
   * all. @default 0
   * @throws TaskRunnerError when ECS will never answer; CredentialsError, since another worker may have better ones; the signal's
   * reason once that is aborted.
   */
  next(changeLikelyAt?: number): Promise<TaskDescription | undefined>;
}

interface Wait {
  readonly taskArn: string;
  /** Milliseconds of `performance.now`; undefined before the first look. */
  lookedAt: number | undefined;
  changeLikelyAt: number;
  answer(task: TaskDescription | undefined): void;
  fail(error: unknown): void;
}

/** Where calls are scarce, a task whose status is likely to change is looked at this many times as often as another. */
const preference = 4;
/** A throttled describer goes on with at least this share of its rate. */
const minRate = 1 / 16;
/** Each answered call gives back this share of the full rate. */
const recovery = 1 / 20;

/**
 * The one place of a worker that asks ECS how tasks are. Each call takes the hundred tasks that have waited longest for a look:
 * up to a hundred tasks cost one call a look, and more of them are looked at less often once the calls do not suffice. A
 * throttled call doubles all intervals, and answers shorten them again. A call that is throttled or fails for now is repeated
 * at the next look, and no wait hears of it.
 */
export function createDescriber(tasks: Pick<TaskRunner, 'describe'>, settings: DescriberSettings) {
  const waits = new Set<Wait>();
  const underWay = new Set<string>();
  let rate = 1;
  let throttledAt = Number.NEGATIVE_INFINITY;
  let calledAt = Number.NEGATIVE_INFINITY;
  let timer: { readonly at: number; readonly handle: NodeJS.Timeout } | undefined;

  const callDue = (): number => calledAt + settings.callMs / rate;
  const lookDue = ({ lookedAt }: Wait): number => (lookedAt === undefined ? 0 : lookedAt + settings.lookMs / rate);
  const idle = (): Wait[] => [...waits].filter(({ taskArn }) => !underWay.has(taskArn));

  /** Grows with the time since the last look, so that no task waits forever behind preferred ones. */
  function urgency({ lookedAt, changeLikelyAt }: Wait, now: number): number {
    if (lookedAt === undefined) return Number.MAX_VALUE;
    return (now - lookedAt) * (now >= changeLikelyAt ? preference : 1);
  }

  function wakeAt(due: number): void {
    const at = Math.max(due, callDue());
    if (timer && timer.at <= at) return;
    clearTimeout(timer?.handle);
    timer = { at, handle: setTimeout(wake, Math.max(0, at - performance.now())) };
  }

  function wakeForRest(): void {
    const due = idle().reduce((least, wait) => Math.min(least, lookDue(wait)), Number.POSITIVE_INFINITY);
    if (due < Number.POSITIVE_INFINITY) wakeAt(due);
  }

  function wake(): void {
    timer = undefined;
    const now = performance.now();
    // The rate may have changed, and waits may have been given up, since the timer was set.
    if (now >= callDue() && idle().some((wait) => now >= lookDue(wait))) void call(now);
    wakeForRest();
  }

  /** Asks for what is most urgent. A look that is not due yet costs nothing where the call has room. */
  async function call(now: number): Promise<void> {
    const candidates = idle().sort((a, b) => urgency(b, now) - urgency(a, now));
    const arns = [...new Set(candidates.map(({ taskArn }) => taskArn))].slice(0, maxTasksPerDescribe);
    const asked = new Set(arns);
    // Not those that come while the call is under way: its answer may be older than what they were begun for.
    const looking = candidates.filter(({ taskArn }) => asked.has(taskArn));
    for (const wait of looking) wait.lookedAt = now;
    for (const arn of arns) underWay.add(arn);
    calledAt = now;
    try {
      // Retries of the client would add to the rate, and hide the throttling.
      const answer = await tasks.describe(arns, { retries: false });
      const found = new Map(answer.map((task) => [task.taskArn, task]));
      rate = Math.min(1, rate + recovery);
      for (const wait of looking) wait.answer(found.get(wait.taskArn));
    } catch (error) {
      const isFinal = error instanceof TaskRunnerError || error instanceof CredentialsError;
      if (isFinal) for (const wait of looking) wait.fail(error);
      // Of several calls that were under way together only the first counts. Any other error passes: the task runs, seen or not.
      if (error instanceof ThrottledError && now > throttledAt) {
        rate = Math.max(minRate, rate / 2);
        throttledAt = performance.now();
      }
    } finally {
      for (const arn of arns) underWay.delete(arn);
      wakeForRest();
    }
  }

  return {
    /** Starts to watch a task. Only a look that `next` waits for costs a call. */
    watch(taskArn: string, signal?: AbortSignal): TaskWatch {
      let lookedAt: number | undefined;
      return {
        next(changeLikelyAt = 0) {
          signal?.throwIfAborted();
          return new Promise((resolve, reject) => {
            const end = (): void => {
              waits.delete(wait);
              signal?.removeEventListener('abort', giveUp);
              lookedAt = wait.lookedAt;
            };
            const giveUp = (): void => wait.fail(signal?.reason);
            const wait: Wait = {
              taskArn,
              lookedAt,
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
            wakeAt(lookDue(wait));
          });
        },
      };
    },
  };
}

export type Describer = ReturnType<typeof createDescriber>;
