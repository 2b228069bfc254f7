import { layout, progressName } from '@etl/pipeline/layout';
import type { TaskProgress } from '@etl/pipeline/runStatus';
import { joinUri } from '@etl/pipeline/uri';
import { awaitTask } from '../../activities/awaitTask';
import type { TaskDescription } from '../../activities/ports';
import { stopTask } from '../../activities/stopTask';
import { MemoryStore } from '../support/fakePorts';
import { samplePlan } from '../support/rig';

const run = { workflowId: 'etl/ventas/2026-02-08/v', runId: 'run-1', startedAt: '2026-02-08T01:00:00.000Z' };
const plan = samplePlan({ timings: { timeoutSeconds: 3600, startTimeoutSeconds: 30, heartbeatSeconds: 30 } });
const progressUri = joinUri(layout(plan.destination, plan.batch).work('run-1', 1), progressName);

type Step = string | undefined | Partial<TaskDescription>;

/** Steps through statuses, one a look, with a clock that moves by a second a look; the last one stays. */
function stepping(steps: readonly Step[]) {
  const paces: string[] = [];
  const notes: object[] = [];
  let step = 0;
  let now = 0;
  return {
    paces,
    notes,
    looks: () => step,
    waiting: {
      describer: {
        async next(taskArn: string, pace: 'fast' | 'slow'): Promise<TaskDescription | undefined> {
          paces.push(pace);
          now += 1000;
          const at = steps[Math.min(step++, steps.length - 1)];
          if (at === undefined) return undefined;
          const seen = typeof at === 'string' ? { lastStatus: at } : at;
          return { taskArn, lastStatus: 'RUNNING', createdAt: 0, tags: {}, ...seen };
        },
      },
      note: (details: object) => void notes.push(details),
      now: () => now,
      signal: new AbortController().signal,
      unknownGraceSeconds: 10,
    },
  };
}

describe('awaitTask', () => {
  const waitThrough = async (steps: readonly Step[], store = new MemoryStore()) => {
    const stage = stepping(steps);
    const reports: TaskProgress[] = [];
    const readSmall = async (uri: string) => {
      const bytesRead = stage.looks() * 100;
      const progress = { phase: 'converting', bytesRead, bytesTotal: 1000, rowsRead: stage.looks(), parts: 0 };
      if (!store.objects.has('kept')) await store.write(progressUri, JSON.stringify(progress));
      return store.readSmall(uri);
    };
    const report = async (progress: TaskProgress) => void reports.push(progress);
    const taskLogs = { tail: async () => ['the last line'] };
    const waiting = { ...stage.waiting, store: { readSmall }, taskLogs, report };
    const taskEnd = await awaitTask(waiting, { taskArn: 'arn:1', plan, run, generation: 1 });
    return { ...stage, taskEnd, reports };
  };

  test('looks often while the task starts and stops, seldom while it runs, until STOPPED', async () => {
    const ended = { lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited', exitCode: 0 };
    const { taskEnd, paces, notes, reports } = await waitThrough([
      'PENDING',
      'RUNNING',
      'RUNNING',
      { desiredStatus: 'STOPPED' },
      ended,
    ]);
    expect(taskEnd).toEqual({
      taskArn: 'arn:1',
      status: 'stopped',
      stopCode: 'EssentialContainerExited',
      exitCode: 0,
      logTail: [],
    });
    expect(paces).toEqual(['fast', 'fast', 'slow', 'slow', 'fast']);
    expect(notes).toHaveLength(4);
    expect(reports.map((report) => report.progress.rowsRead)).toEqual([2, 3, 4]);
  });

  test('a failed task brings its log and its own words', async () => {
    const store = new MemoryStore();
    await store.write('kept', '');
    await store.write(progressUri, JSON.stringify({ phase: 'failed', failure: 'x.csv: no rows' }));
    const { taskEnd } = await waitThrough([{ lastStatus: 'STOPPED', exitCode: 65 }], store);
    expect(taskEnd).toMatchObject({ exitCode: 65, reported: 'x.csv: no rows', logTail: ['the last line'] });
  });

  test('a task unknown just after launch is pending', async () => {
    const { taskEnd } = await waitThrough([undefined, undefined, 'RUNNING', { lastStatus: 'STOPPED', exitCode: 0 }]);
    expect(taskEnd.status).toBe('stopped');
  });

  test('a task that was seen and is missed for one look is still running', async () => {
    const { taskEnd } = await waitThrough(['RUNNING', undefined, 'RUNNING', { lastStatus: 'STOPPED', exitCode: 0 }]);
    expect(taskEnd.status).toBe('stopped');
  });

  test('a task that nobody knows for the grace time is unknown, whether or not it was seen before', async () => {
    const seen = await waitThrough(['RUNNING', undefined]);
    expect([seen.taskEnd.status, seen.looks()]).toEqual(['unknown', 12]);
    const never = await waitThrough([undefined]);
    expect([never.taskEnd.status, never.looks()]).toEqual(['unknown', 11]);
  });

  test('a task that is still starting at the start timeout is late; one that runs never is', async () => {
    const late = await waitThrough(['PROVISIONING', 'PENDING']);
    expect([late.taskEnd.status, late.looks()]).toEqual(['notStarted', 31]);
    const ran = await waitThrough([...Array(60).fill('RUNNING'), { lastStatus: 'STOPPED', exitCode: 0 }]);
    expect(ran.taskEnd.status).toBe('stopped');
  });
});

describe('stopTask', () => {
  const stopThrough = async (steps: readonly Step[], found: readonly boolean[] = [true]) => {
    const stage = stepping(steps);
    let asked = 0;
    const stop = async () => found[Math.min(asked++, found.length - 1)] ?? true;
    const end = await stopTask({ stop }, stage.waiting, { taskArn: 'arn:1', reason: 'cancelled' });
    return { end, asked: asked, looks: stage.looks() };
  };

  test('asks once and waits until STOPPED, through every status', async () => {
    const stopping = { desiredStatus: 'STOPPED', lastStatus: 'STOPPING' };
    const { end, asked } = await stopThrough(['RUNNING', stopping, { lastStatus: 'STOPPED', exitCode: 143 }]);
    expect(end).toMatchObject({ status: 'stopped', exitCode: 143 });
    expect(asked).toBe(1);
  });

  test('a task that is gone is no error: it is over after the grace time', async () => {
    const { end, looks } = await stopThrough([undefined], [false]);
    expect([end.status, looks]).toEqual(['unknown', 11]);
  });

  test('a task that ECS does not know yet is asked to stop again, until it can be', async () => {
    const { end, asked } = await stopThrough(
      [undefined, undefined, 'PENDING', { lastStatus: 'STOPPED' }],
      [false, false, true],
    );
    expect([end.status, asked]).toEqual(['stopped', 3]);
  });

  test('a stop without effect is asked for again', async () => {
    const { asked } = await stopThrough([...Array(40).fill('RUNNING'), { lastStatus: 'STOPPED' }]);
    expect(asked).toBe(2);
  });
});
