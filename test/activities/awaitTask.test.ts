import { joinUri } from '@etl/lib/uri';
import { layout, progressName } from '@etl/pipeline/layout';
import type { Progress } from '@etl/pipeline/manifest';
import { awaitTask } from '../../activities/awaitTask';
import type { WaitUntil } from '../../activities/contract';
import type { TaskDescription } from '../../activities/ports';
import { stopTask } from '../../activities/stopTask';
import { clockErrors } from '../support/clocks';
import { samplePlan } from '../support/samplePlan';

const run = { workflowId: 'etl/ventas/2026-02-08/v', runId: 'run-1', startedAt: '2026-02-08T01:00:00.000Z' };
const plan = samplePlan({ timings: { timeoutSeconds: 3600, startTimeoutSeconds: 30, heartbeatSeconds: 30 } });
const progressUri = joinUri(layout(plan.destination, plan.batch).work('run-1', 1), progressName);

type Step = string | undefined | Partial<TaskDescription>;

/** Steps through the statuses, one per poll, while the clock advances by one second; the last status repeats. */
function stepping(steps: readonly Step[]) {
  const likely: (number | undefined)[] = [];
  const notes: (readonly [details: object, now: boolean | undefined])[] = [];
  let step = 0;
  let now = 0;
  return {
    likely,
    notes,
    looks: () => step,
    waiting: {
      describer: {
        watch: (taskArn: string) => ({
          async next(changeLikelyAt?: number): Promise<TaskDescription | undefined> {
            likely.push(changeLikelyAt);
            now += 1000;
            const at = steps[Math.min(step++, steps.length - 1)];
            if (at === undefined) return undefined;
            const seen = typeof at === 'string' ? { lastStatus: at } : at;
            return { taskArn, lastStatus: 'RUNNING', createdAt: 0, tags: {}, ...seen };
          },
        }),
      },
      note: (details: object, now?: boolean) => void notes.push([details, now]),
      now: () => now,
      signal: new AbortController().signal,
      unknownGraceSeconds: 10,
      endGraceSeconds: 5,
    },
  };
}

interface Given {
  readonly reads?: readonly Progress[];
  readonly kept?: object;
  readonly until?: WaitUntil;
  readonly waitedSeconds?: number;
}

describe('awaitTask', () => {
  /** `reads` is the progress read while the task runs, all at once; `kept` is the progress file in the store. */
  const waitThrough = async (steps: readonly Step[], { reads = [], kept, ...input }: Given = {}) => {
    const stage = stepping(steps);
    const updates: Progress[] = [];
    let followed = 0;
    const progress = {
      read: async (uri: string) => (uri === progressUri ? (kept as Progress) : undefined),
      follow: (_uri: string, _startedAt: number, onProgress: (progress: Progress) => void) => {
        followed += 1;
        let last: Progress | undefined;
        queueMicrotask(() => {
          for (const each of reads) {
            last = each;
            onProgress(each);
          }
        });
        return {
          last: () => last,
          stop: () => {
            followed -= 1;
          },
        };
      },
    };
    const waiting = {
      ...stage.waiting,
      progress,
      taskLogs: { tail: async () => ['the last line'] },
      onProgress: (each: Progress) => void updates.push(each),
      waitedSeconds: input.waitedSeconds ?? 0,
    };
    const { until = 'stopped' } = input;
    const taskEnd = await awaitTask(waiting, { taskArn: 'arn:1', plan, run, generation: 1, until });
    expect(followed).toBe(0);
    return { ...stage, taskEnd, updates };
  };

  const ended = { lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited', exitCode: 0 };
  const half: Progress = {
    phase: 'converting',
    bytesRead: 500,
    bytesTotal: 1000,
    rowsRead: 5,
    parts: 1,
    updatedAt: '2026-02-08T01:00:01.000Z',
  };

  test('waits until STOPPED; sends a status with the next heartbeat and each progress report at once', async () => {
    const steps = ['PENDING', 'PENDING', 'RUNNING', 'RUNNING', { desiredStatus: 'STOPPED' }, ended];
    const { taskEnd, notes, updates } = await waitThrough(steps, { reads: [half] });
    expect(taskEnd).toEqual({
      taskArn: 'arn:1',
      status: 'stopped',
      stopCode: 'EssentialContainerExited',
      exitCode: 0,
      logTail: [],
    });
    const details = { generation: 1, taskArn: 'arn:1' };
    expect(notes).toEqual([
      [{ ...details, status: 'PENDING' }, false],
      [{ ...details, status: 'RUNNING' }, false],
      [{ ...details, status: 'RUNNING', progress: half }, true],
    ]);
    expect(updates).toEqual([half]);
  });

  test('passes the time of the next likely change to the describer', async () => {
    const stopping = { desiredStatus: 'STOPPED' };
    const { likely } = await waitThrough(['PENDING', ...Array(61).fill('RUNNING'), stopping, ended]);
    expect(likely.slice(0, 3)).toEqual([0, 0, 2000]);
    expect(likely.slice(-2)).toEqual([Number.POSITIVE_INFINITY, 0]);
  });

  test('counts the time that earlier attempts have waited as time the task has run', async () => {
    const { likely } = await waitThrough(['RUNNING', ended], { waitedSeconds: 600 });
    expect(likely).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  test('returns the log and the reported reason of a failed task', async () => {
    const kept = { phase: 'failed', failure: 'x.csv: no rows' };
    const { taskEnd } = await waitThrough([{ lastStatus: 'STOPPED', exitCode: 65 }], { kept });
    expect(taskEnd).toMatchObject({ exitCode: 65, reported: 'x.csv: no rows', logTail: ['the last line'] });
  });

  test('treats a task that is unknown just after its launch as pending', async () => {
    const { taskEnd } = await waitThrough([undefined, undefined, 'RUNNING', { lastStatus: 'STOPPED', exitCode: 0 }]);
    expect(taskEnd.status).toBe('stopped');
  });

  test('treats a task that one poll does not find as still running', async () => {
    const { taskEnd } = await waitThrough(['RUNNING', undefined, 'RUNNING', { lastStatus: 'STOPPED', exitCode: 0 }]);
    expect(taskEnd.status).toBe('stopped');
  });

  test('returns unknown once a task has been missing for the grace time, seen before or not', async () => {
    const seen = await waitThrough(['RUNNING', undefined]);
    expect([seen.taskEnd.status, seen.looks()]).toEqual(['unknown', 12]);
    const never = await waitThrough([undefined]);
    expect([never.taskEnd.status, never.looks()]).toEqual(['unknown', 11]);
  });

  test('returns notStarted for a task that still starts at the start timeout, but not for a running task', async () => {
    const late = await waitThrough(['PROVISIONING', 'PENDING']);
    expect([late.taskEnd.status, late.looks()]).toEqual(['notStarted', 31]);
    const ran = await waitThrough([...Array(60).fill('RUNNING'), { lastStatus: 'STOPPED', exitCode: 0 }]);
    expect(ran.taskEnd.status).toBe('stopped');
  });

  test.each(clockErrors)('applies the start timeout independently of the ECS clock: %i ms off', async (off) => {
    const pending = { lastStatus: 'PENDING', createdAt: off };
    const late = await waitThrough([pending]);
    expect([late.taskEnd.status, late.looks()]).toEqual(['notStarted', 31]);
    const later = await waitThrough([pending], { waitedSeconds: 20 });
    expect([later.taskEnd.status, later.looks()]).toEqual(['notStarted', 11]);
  });

  describe('a container that has ended in a task that is not STOPPED', () => {
    const stuck = { lastStatus: 'DEPROVISIONING', desiredStatus: 'STOPPED', exitCode: 0, containerStatus: 'STOPPED' };
    const done: Progress = { ...half, phase: 'done' };

    test('is reported after the grace time, or as STOPPED when ECS reports that first', async () => {
      const { taskEnd, looks } = await waitThrough(['RUNNING', stuck], { until: 'ended' });
      expect(taskEnd).toEqual({ taskArn: 'arn:1', status: 'ended', exitCode: 0, logTail: [] });
      expect(looks()).toBe(7);
      const soon = await waitThrough(['RUNNING', stuck, stuck, ended], { until: 'ended' });
      expect(soon.taskEnd.status).toBe('stopped');
    });

    test('comes with its log and its reported reason when it has failed', async () => {
      const given = { until: 'ended', kept: { failure: 'x.csv: no rows' } } as const;
      const { taskEnd } = await waitThrough([{ ...stuck, exitCode: 65 }], given);
      expect(taskEnd).toMatchObject({ status: 'ended', exitCode: 65, reported: 'x.csv: no rows' });
      expect(taskEnd.logTail).toEqual(['the last line']);
    });

    test.each<[string, readonly Step[], number]>([
      ['a task that runs', ['RUNNING'], 7],
      ['a container that has ended without an exit code', [{ containerStatus: 'STOPPED' }], 6],
      ['a task that starts', ['PENDING'], 17],
      ['a task that it knew before', ['RUNNING', undefined], 8],
    ])('ends the wait by its own progress while ECS has a record of %s', async (_what, steps, most) => {
      const { taskEnd, looks } = await waitThrough(steps, { until: 'ended', reads: [done] });
      expect(taskEnd).toMatchObject({ taskArn: 'arn:1', status: 'ended', logTail: [] });
      expect(taskEnd).not.toHaveProperty('exitCode');
      expect(looks()).toBeLessThanOrEqual(most);
    });

    test('does not end a wait until STOPPED, which workflows of earlier versions request', async () => {
      const steps = [...Array(60).fill(stuck), ended];
      expect((await waitThrough(steps, { reads: [done] })).taskEnd.status).toBe('stopped');
    });

    test('does not count as a late start when its progress proves that it runs', async () => {
      const steps = [...Array(60).fill('PENDING'), ended];
      expect((await waitThrough(steps, { reads: [half] })).taskEnd.status).toBe('stopped');
    });
  });
});

describe('stopTask', () => {
  const stopThrough = async (steps: readonly Step[], found: readonly boolean[] = [true], until?: WaitUntil) => {
    const stage = stepping(steps);
    let asked = 0;
    const stop = async () => found[Math.min(asked++, found.length - 1)] ?? true;
    const end = await stopTask({ stop }, stage.waiting, {
      taskArn: 'arn:1',
      reason: 'cancelled',
      ...(until && { until }),
    });
    return { end, asked: asked, looks: stage.looks() };
  };

  test('requests the stop once and waits until STOPPED, through every status', async () => {
    const stopping = { desiredStatus: 'STOPPED', lastStatus: 'STOPPING' };
    const { end, asked } = await stopThrough(['RUNNING', stopping, { lastStatus: 'STOPPED', exitCode: 143 }]);
    expect(end).toMatchObject({ status: 'stopped', exitCode: 143 });
    expect(asked).toBe(1);
  });

  test('returns when the container has ended only if the caller waits for that', async () => {
    const stuck = { lastStatus: 'DEPROVISIONING', desiredStatus: 'STOPPED', exitCode: 143 };
    const { end, looks } = await stopThrough(['RUNNING', stuck], [true], 'ended');
    expect([end.status, end.exitCode, looks]).toEqual(['ended', 143, 7]);
    const whole = await stopThrough([...Array(40).fill(stuck), { lastStatus: 'STOPPED', exitCode: 143 }]);
    expect(whole.end.status).toBe('stopped');
  });

  test('treats a missing task as gone after the grace time, without an error', async () => {
    const { end, looks } = await stopThrough([undefined], [false]);
    expect([end.status, looks]).toEqual(['unknown', 11]);
  });

  test('repeats the stop of a task that ECS does not know yet until it succeeds', async () => {
    const { end, asked } = await stopThrough(
      [undefined, undefined, 'PENDING', { lastStatus: 'STOPPED' }],
      [false, false, true],
    );
    expect([end.status, asked]).toEqual(['stopped', 3]);
  });

  test('repeats a stop that has no effect', async () => {
    const { asked } = await stopThrough([...Array(40).fill('RUNNING'), { lastStatus: 'STOPPED' }]);
    expect(asked).toBe(2);
  });
});
