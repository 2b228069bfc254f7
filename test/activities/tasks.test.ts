import { layout, progressName } from '@etl/pipeline/layout';
import type { TaskProgress } from '@etl/pipeline/runStatus';
import { joinUri } from '@etl/pipeline/uri';
import { awaitStopped, awaitTask } from '../../activities/awaitTask';
import { createDescriber } from '../../activities/describer';
import { clientToken, startedBy, tags } from '../../activities/identity';
import { launchTask } from '../../activities/launchTask';
import { FakeTaskRunner, MemoryStore } from '../support/fakePorts';
import { samplePlan } from '../support/rig';

const run = { workflowId: 'etl/ventas/2026-02-08/v', runId: 'run-1', startedAt: '2026-02-08T01:00:00.000Z' };
const plan = samplePlan();

describe('identity', () => {
  test('the token knows workflow, run and generation, and nothing else', () => {
    const token = clientToken(run, 1);
    expect(token).toMatch(/^[0-9a-f]{1,64}$/);
    expect(clientToken({ ...run, startedAt: 'later' }, 1)).toBe(token);
    expect(clientToken(run, 2)).not.toBe(token);
    expect(clientToken({ ...run, runId: 'run-2' }, 1)).not.toBe(token);
    expect(clientToken({ ...run, workflowId: 'other' }, 1)).not.toBe(token);
  });

  test('startedBy holds what ECS allows, whatever the workflow ID', () => {
    expect(startedBy('etl/año/ñ?*')).toMatch(/^[A-Za-z0-9\-/_]{1,128}$/);
    expect(tags({ ...run, workflowId: 'a*b?c' }, 1)['etl:workflow-id']).toBe('a_b_c');
  });
});

describe('launchTask', () => {
  test('a repeated launch is the same request and finds the same task', async () => {
    const tasks = new FakeTaskRunner();
    const first = await launchTask(tasks, { plan, run, generation: 1 });
    const again = await launchTask(tasks, { plan, run, generation: 1 });
    expect(again).toEqual(first);
    expect(tasks.requests[1]).toEqual(tasks.requests[0]);
    expect(tasks.tasks.size).toBe(1);
    expect(tasks.requests[0]?.environment).toMatchObject({
      INPUT_FILE: plan.source.uri,
      BATCH_DATE: '2026-02-08',
      DATASET: 'ventas',
      GENERATION: '1',
      CHUNK_ROWS: '500000',
      TIMEOUT_SECONDS: '3600',
    });
  });

  test('a live task of an earlier run of the workflow comes first; one of this run does not', async () => {
    const tasks = new FakeTaskRunner();
    const old = await launchTask(tasks, { plan, run: { ...run, runId: 'run-0' }, generation: 1 });
    const blocked = await launchTask(tasks, { plan, run, generation: 1 });
    expect(blocked).toEqual({ kind: 'blocked', by: [(old as { taskArn: string }).taskArn] });
    expect(tasks.tasks.size).toBe(1);
    for (const task of tasks.tasks.values()) tasks.set({ ...task, lastStatus: 'STOPPED' });
    expect(await launchTask(tasks, { plan, run, generation: 1 })).toMatchObject({ kind: 'launched' });
  });
});

describe('describer', () => {
  test('asks once for all that is asked within a tick, at most a hundred a call', async () => {
    const tasks = new FakeTaskRunner();
    for (let n = 0; n < 250; n++) tasks.set({ taskArn: `arn:${n}`, lastStatus: 'RUNNING', tags: {} });
    const describe = createDescriber(tasks, 5);
    const answers = await Promise.all(Array.from({ length: 300 }, (_, n) => describe(`arn:${n % 260}`)));
    expect(tasks.describeCalls.map((call) => call.length)).toEqual([100, 100, 60]);
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(10);
  });

  test('an error reaches everyone who asked, and the next tick asks again', async () => {
    let broken = true;
    const describe = createDescriber(
      {
        describe: async (arns) => {
          if (broken) throw new Error('throttled');
          return arns.map((taskArn) => ({ taskArn, lastStatus: 'RUNNING', tags: {} }));
        },
      },
      5,
    );
    await expect(Promise.all([describe('a'), describe('b')])).rejects.toThrow('throttled');
    broken = false;
    expect(await describe('a')).toMatchObject({ lastStatus: 'RUNNING' });
  });
});

describe('awaitTask', () => {
  const progressUri = joinUri(layout(plan.destination, plan.batch).work('run-1', 1), progressName);

  /** Steps through statuses, one a poll, with a clock that moves by a second a poll. */
  const waitThrough = async (steps: (string | undefined)[], end: object = {}, store = new MemoryStore()) => {
    const heartbeats: unknown[] = [];
    const reports: TaskProgress[] = [];
    let step = 0;
    let now = 0;
    const taskEnd = await awaitTask(
      {
        describe: async (taskArn) => {
          const lastStatus = steps[Math.min(step, steps.length - 1)];
          return lastStatus === undefined
            ? undefined
            : { taskArn, lastStatus, tags: {}, ...(lastStatus === 'STOPPED' && end) };
        },
        store,
        taskLogs: { tail: async () => ['the last line'] },
        heartbeat: (details) => heartbeats.push(details),
        sleep: async () => {
          step++;
          now += 1000;
          const share = step * 100;
          const progress = { phase: 'converting', bytesRead: share, bytesTotal: 1000, rowsRead: step, parts: 0 };
          await store.write(progressUri, JSON.stringify(progress));
        },
        report: async (progress) => void reports.push(progress),
        now: () => now,
      },
      { taskArn: 'arn:1', plan, run, generation: 1 },
    );
    return { taskEnd, heartbeats, reports };
  };

  test('polls, heartbeats and reports until STOPPED; a poll may skip statuses', async () => {
    const { taskEnd, heartbeats, reports } = await waitThrough(['PENDING', 'RUNNING', 'RUNNING', 'STOPPED'], {
      stopCode: 'EssentialContainerExited',
      exitCode: 0,
    });
    expect(taskEnd).toEqual({
      taskArn: 'arn:1',
      status: 'stopped',
      stopCode: 'EssentialContainerExited',
      exitCode: 0,
      logTail: [],
    });
    expect(heartbeats).toHaveLength(3);
    expect(reports.map((report) => report.progress.rowsRead)).toEqual([1, 2]);
  });

  test('a failed task brings its log and its own words', async () => {
    const store = new MemoryStore();
    await store.write(progressUri, JSON.stringify({ phase: 'failed', failure: 'x.csv: no rows' }));
    const { taskEnd } = await waitThrough(['STOPPED'], { exitCode: 65 }, store);
    expect(taskEnd).toMatchObject({ exitCode: 65, reported: 'x.csv: no rows', logTail: ['the last line'] });
  });

  test('a task unknown just after launch is pending', async () => {
    const { taskEnd } = await waitThrough([undefined, undefined, 'RUNNING', 'STOPPED'], { exitCode: 0 });
    expect(taskEnd.status).toBe('stopped');
  });

  test('a task unknown after it was seen, or unknown for a minute, is unknown', async () => {
    expect((await waitThrough(['RUNNING', undefined])).taskEnd.status).toBe('unknown');
    const never = await waitThrough([undefined]);
    expect(never.taskEnd.status).toBe('unknown');
    expect(never.heartbeats.length).toBeGreaterThanOrEqual(60);
  });

  test('awaitStopped ends with STOPPED or with a task nobody knows', async () => {
    const waiting = { heartbeat: () => undefined, sleep: async () => undefined };
    const statuses = ['RUNNING', 'STOPPING', 'STOPPED'];
    let asked = 0;
    const end = await awaitStopped(
      { ...waiting, describe: async (taskArn) => ({ taskArn, lastStatus: statuses[asked++] ?? 'STOPPED', tags: {} }) },
      'arn:1',
    );
    expect([asked, end.status]).toEqual([3, 'stopped']);
    expect((await awaitStopped({ ...waiting, describe: async () => undefined }, 'arn:1')).status).toBe('unknown');
  });
});
