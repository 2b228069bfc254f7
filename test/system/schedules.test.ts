import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeBatchPlan } from '@etl/pipeline/batch/plan';
import type { PrefixedRequest } from '@etl/pipeline/batch/request';
import type { BatchSummary } from '@etl/pipeline/batch/summary';
import { everyDay, timeOfDay } from '@etl/pipeline/calendar/timetable';
import { ScheduleOverlapPolicy, type WorkflowHandle } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { find } from '../../cli/schedule/find';
import { type ScheduleReport, scheduleReport } from '../../cli/schedule/report';
import { nightlySchedule, scheduleDefaults } from '../../cli/schedule/settings';
import { createWorkers } from '../../workers/workers';
import { etlInProcess } from '../support/etlInProcess';
import { fakeActivities } from '../support/fakeActivities';
import { root } from '../support/processes';
import { quietRuntime, replay } from '../support/rig';
import { etl, until } from '../support/system';
import { TestServer } from '../support/testServer';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;
const zone = 'Europe/Madrid';

withServer('schedules of batches on a real server', () => {
  let server: TestServer;
  let connection: NativeConnection;
  let workers: Awaited<ReturnType<typeof createWorkers>>;
  let running: Promise<unknown>;
  /** Releases batches whose prefix marks them as waiting. */
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });

  beforeAll(async () => {
    server = await TestServer.start();
    quietRuntime();
    connection = await NativeConnection.connect({ address: server.address });
    const { activities } = fakeActivities({
      planBatch: async ({ request, scheduledAt }) => {
        const plan = makeBatchPlan(request as PrefixedRequest, scheduledAt, {
          rawBase: undefined,
          cleanBase: 'file:///x',
        });
        return plan === undefined || plan.prefix.includes('bad')
          ? { valid: false, reasons: ['prefix: is bad'] }
          : { valid: true, plan };
      },
      listFiles: async ({ plan }) => {
        if (plan.prefix.includes('waits')) await released;
        return { files: [] };
      },
    });
    workers = await createWorkers({
      ...{ connection, namespace: 'default', activities, shutdownGraceSeconds: 0 },
      workflowBundle: { codePath: join(root, 'dist', 'workflow-bundle.js') },
    });
    running = workers.runUntilStopped();
    running.catch(() => undefined);
  });
  afterAll(async () => {
    try {
      release();
      await until('all batches have ended', 30, async () => (await batches('Running')).length === 0);
      await replay(await batches());
    } finally {
      workers?.shutdown();
      await running;
      await connection?.close();
      await server?.remove();
    }
  });

  async function batches(status?: string): Promise<WorkflowHandle[]> {
    const query = `WorkflowType = 'nightlyBatch'${status === undefined ? '' : ` AND ExecutionStatus = '${status}'`}`;
    const found: WorkflowHandle[] = [];
    for await (const { workflowId, runId } of server.client.workflow.list({ query })) {
      found.push(server.client.workflow.getHandle(workflowId, runId));
    }
    return found;
  }
  const etlOf = (...args: string[]) => etlInProcess(['schedule', ...args], { TEMPORAL_ADDRESS: server.address });
  const reportOf = async (name: string) => scheduleReport(await server.client.schedule.getHandle(name).describe());
  const untilReport = (what: string, name: string, holds: (report: ScheduleReport) => boolean) =>
    until(what, 90, async () => {
      await delay(200);
      const report = await reportOf(name);
      return holds(report) ? report : undefined;
    });
  const create = (name: string, changes: { pauseOnFailure?: boolean; prefix?: string } = {}) => {
    const { prefix = 'file:///data', pauseOnFailure = false } = changes;
    const timetable = { ...everyDay, times: [timeOfDay('02:30')] };
    const request = { prefix, timeZone: zone, dayOffset: -1, minFiles: 0 };
    const settings = { ...scheduleDefaults, name, request, timetable, timeZone: zone, pauseOnFailure };
    return server.client.schedule.create({ scheduleId: name, ...nightlySchedule(settings, '2026-11-26') });
  };

  test('etl schedule works from create to delete', async () => {
    const withoutServer = etl(['schedule', 'list'], { TEMPORAL_ADDRESS: '127.0.0.1:9' });
    const times = ['--at', '02:30', '--time-zone', zone, '--day-offset', '-1'];
    const created = await etlOf('create', 'ventas', 'file:///waits', ...times, '--note', 'sales');
    expect(created).toMatchObject({ exitCode: 0, stderr: '' });
    expect(created.stdout).toMatch(/^Schedule ventas: at 02:30, Europe\/Madrid: file:\/\/\/waits\n( {2}next: .*\n){5}/);
    expect(created.stdout).toMatch(/^ {2}clock change: \d{4}-10-\d\d at 03:30 instead of 02:30$/m);
    const [again, replaced] = await Promise.all([
      etlOf('create', 'ventas', 'file:///waits', ...times),
      etlOf('create', 'other', 'file:///waits', ...times, '--replace', '--paused', '--catchup', '2d', '--json'),
    ]);
    expect(again).toMatchObject({ exitCode: 73 });
    expect(again.stderr).toBe(
      `error: schedule ventas already exists\nShow it with: npx etl schedule describe ventas; replace it with: npx etl schedule create ventas file:///waits ${times.join(' ')} --replace\n`,
    );
    expect(JSON.parse(replaced.stdout)).toMatchObject({
      name: 'other',
      what: 'created',
      paused: true,
      catchupSeconds: 172_800,
    });

    const changed = await etlOf('create', 'other', 'file:///waits', '--cron', '15 4 * * 1-5', '--replace', '--json');
    // The reason for the pause still applies, so the schedule stays paused.
    expect(JSON.parse(changed.stdout)).toMatchObject({ what: 'replaced', paused: true, overlap: 'skip' });
    expect(await reportOf('other')).toMatchObject({
      times: ['at 04:15 on mon, tue, wed, thu, fri'],
      ...{ timeZone: 'UTC', catchupSeconds: 86_400, pauseOnFailure: false, jitterSeconds: 0 },
      ...{ overlap: 'skip', request: { prefix: 'file:///waits', timeZone: 'UTC', dayOffset: 0 } },
    });

    const [resumed, triggered] = await Promise.all([etlOf('resume', 'other'), etlOf('trigger', 'ventas', '--json')]);
    expect(resumed.stdout).toContain('Schedule other is resumed');
    const { workflowId, batchDate } = JSON.parse(triggered.stdout);
    expect(workflowId).toMatch(/^nightly\/ventas-\d{4}-/);
    const [skipped, paused] = await Promise.all([
      etlOf('trigger', 'ventas'),
      etlOf('pause', 'other', '--reason', 'moving'),
    ]);
    expect(skipped).toMatchObject({ exitCode: 75 });
    expect(skipped.stderr).toContain(
      `no batch was started: ${workflowId} is still running, and the overlap policy is skip`,
    );
    expect(paused.exitCode).toBe(0);
    expect(await reportOf('other')).toMatchObject({ paused: true, note: 'moving' });

    const [described, listed] = await Promise.all([etlOf('describe', 'ventas', '--json'), etlOf('list')]);
    expect(JSON.parse(described.stdout)).toMatchObject({
      ...{ name: 'ventas', note: 'sales', taken: 1, skippedOverlap: 1, running: [workflowId] },
      recent: [{ workflowId, batchDate }],
    });
    expect(listed.stdout).toMatch(/^other: at 04:15 on .*: PAUSED\nventas: at 02:30, Europe\/Madrid: .*, batch date /m);
    const deleted = await etlOf('delete', 'ventas');
    expect(deleted.stdout).toBe(`Schedule ventas is deleted.\nstill running: ${workflowId}\n`);
    const unknown = await etlOf('pause', 'ventas');
    expect(unknown).toMatchObject({ exitCode: 66 });
    expect(unknown.stderr).toBe('error: schedule not found: ventas\nList the schedules with: npx etl schedule list\n');
    const { exitCode, stderr } = await withoutServer;
    expect(exitCode).toBe(69);
    expect(stderr).toMatch(
      /cannot reach a Temporal server at 127\.0\.0\.1:9: .* is refused\nStart the local system .*: npx etl up;/,
    );
  });

  test('a schedule of an earlier version continues, is described as stored, and replays', async () => {
    const request = { prefix: 'file:///data', timeZone: zone, dayOffset: -1 };
    const timetable = { ...everyDay, times: [timeOfDay('01:30')] };
    const schedule = nightlySchedule(
      { ...scheduleDefaults, name: 'old', request, timetable, timeZone: zone },
      '2026-11-26',
    );
    const spec = { timezone: zone, calendars: [{ hour: 1, minute: 30, comment: 'at 01:30' }] };
    await server.client.schedule.create({ scheduleId: 'old', ...schedule, spec });
    const twice =
      /^ {2}clock change: \d{4}-10-\d\d also at 02:30\n {2}Temporal starts batches at different times than planned/m;
    const times = ['--at', '01:30', '--time-zone', zone, '--day-offset', '-1'];
    const described = await etlOf('describe', 'old');
    expect(described.stdout).toMatch(/^Schedule old: at 01:30, Europe\/Madrid\n/);
    expect(described.stdout).toMatch(twice);
    const replaced = await etlOf('create', 'old', 'file:///data', ...times, '--jitter', '10m', '--replace', '--json');
    expect(JSON.parse(replaced.stdout)).toMatchObject({ what: 'replaced', irregularDays: [], serverDiffers: false });
    const again = await etlOf('describe', 'old', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ times: ['at 01:30'], irregularDays: [], serverDiffers: false });
  });

  test('etl batch and etl backfill end like their batches', async () => {
    const of = (command: string, ...args: string[]) =>
      etlInProcess([command, ...args], { TEMPORAL_ADDRESS: server.address });
    const days = ['--from', '2026-02-01', '--to', '2026-02-03'];
    const waiting = await of('batch', 'file:///waits', '--date', '2026-02-08', '--no-wait', '--json');
    expect(JSON.parse(waiting.stdout)).toMatchObject({ workflowId: 'batch/waits/2026-02-08', status: 'RUNNING' });
    const [empty, refused, second, backfill] = await Promise.all([
      of('batch', 'file:///data', '--date', '2026-02-08'),
      of('batch', 'file:///bad', '--date', '2026-02-08', '--json'),
      of('batch', 'file:///waits', '--date', '2026-02-08'),
      of('backfill', 'file:///none', ...days, '--min-files', '0', '--json'),
    ]);
    expect(empty).toMatchObject({ exitCode: 1, stderr: '' });
    expect(empty.stdout).toMatch(
      /^Started batch\/data\/2026-02-08 \(run .*\)\n[\s\S]*FAILED: BatchIncomplete: batch\/data\/2026-02-08\n[\s\S]*Reason {4}found 0 files below file:\/\/\/data for 2026-02-08, fewer than minFiles \(1\): .*\nFiles {5}none found\n/,
    );
    expect(refused.exitCode).toBe(65);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      ...{ workflowId: 'batch/bad/2026-02-08', status: 'FAILED', failureType: 'InvalidInput', summary: null },
      reason: 'prefix: is bad',
    });
    expect(second.exitCode).toBe(75);
    expect(second.stderr).toContain('this batch is already running as workflow batch/waits/2026-02-08');
    expect(backfill.exitCode).toBe(0);
    expect(JSON.parse(backfill.stdout)).toMatchObject({
      ...{ workflowId: 'backfill/none/2026-02-01_2026-02-03', status: 'COMPLETED' },
      summary: { dates: { from: '2026-02-01', to: '2026-02-03' }, files: 0 },
    });
    const { raw } = await server.client.workflow.getHandle('backfill/none/2026-02-01_2026-02-03').describe();
    expect(raw.workflowExecutionInfo?.priority?.priorityKey).toBe(5);
  });

  test('schedules of other applications are left alone', async () => {
    const action = { type: 'startWorkflow' as const, workflowType: 'reapTasks', taskQueue: 'nobody', args: [] };
    await server.client.schedule.create({ scheduleId: 'reaper', spec: {}, action });
    const { exitCode, stderr } = await etlOf('create', 'reaper', 'file:///data', '--at', '02:30', '--replace');
    expect(exitCode).toBe(64);
    expect(stderr).toContain('schedule reaper starts reapTasks, not a batch');
    await expect(find(server.client, 'reaper')).rejects.toThrow('not a batch');
  });

  test('a backfill of nights starts one batch per night, with its scheduled date', async () => {
    const handle = await create('nights');
    // Across both clock changes.
    const overlap = ScheduleOverlapPolicy.ALLOW_ALL;
    await handle.backfill([
      { start: new Date('2027-03-27T12:00:00Z'), end: new Date('2027-03-30T12:00:00Z'), overlap },
      { start: new Date('2027-10-30T12:00:00Z'), end: new Date('2027-11-01T12:00:00Z'), overlap },
    ]);
    const report = await untilReport('five batches', 'nights', ({ taken }) => taken >= 5);
    expect(report.recent).toHaveLength(5);
    const ended = report.recent.map(({ workflowId }) => server.client.workflow.getHandle(workflowId));
    const summaries = await Promise.all(ended.map(async (each) => (await each.result()) as BatchSummary));
    const dates = summaries.map(({ dates: { from, to } }) => `${from} ${to}`).sort();
    expect(dates).toEqual([
      ...['2027-03-27 2027-03-27', '2027-03-28 2027-03-28', '2027-03-29 2027-03-29'],
      ...['2027-10-30 2027-10-30', '2027-10-31 2027-10-31'],
    ]);
    expect(report.recent.map(({ batchDate }) => `${batchDate} ${batchDate}`).sort()).toEqual(dates);
    expect(report.recent.map(({ workflowId }) => workflowId)).toContain('nightly/nights-2027-03-28T01:30:00Z');
  });

  test.each([
    [false, 'continues'],
    [true, 'is paused with a note'],
  ])('a schedule with pauseOnFailure %j, after a failed batch, %s', async (pauseOnFailure) => {
    const name = `fails-${pauseOnFailure}`;
    const handle = await create(name, { pauseOnFailure, prefix: 'file:///bad' });
    await handle.trigger(ScheduleOverlapPolicy.SKIP);
    const { recent } = await untilReport('a batch', name, ({ taken }) => taken === 1);
    const batch = server.client.workflow.getHandle(recent[0]?.workflowId ?? '');
    await expect(batch.result()).rejects.toThrow();
    if (pauseOnFailure) {
      const { note } = await untilReport('the pause', name, ({ paused }) => paused);
      expect(note).toContain('paused due to workflow failure');
      return;
    }
    await handle.trigger(ScheduleOverlapPolicy.SKIP);
    expect(await untilReport('one more', name, ({ taken }) => taken === 2)).toMatchObject({ paused: false });
  });

  test('jitter delays the start but not the scheduled time', async () => {
    const timetable = { ...everyDay, times: [] };
    const settings = { ...scheduleDefaults, name: 'jitter', request: { prefix: 'file:///data' }, timetable };
    const schedule = nightlySchedule(settings, '2026-11-26');
    const every = '*' as const;
    const spec = { calendars: [{ hour: every, minute: every, second: every }], jitter: 900 };
    const handle = await server.client.schedule.create({ scheduleId: 'jitter', ...schedule, spec });
    const { recent } = await untilReport('two starts', 'jitter', ({ taken }) => taken >= 2);
    await handle.delete();
    for (const { workflowId, at } of recent) {
      const { searchAttributes } = await server.client.workflow.getHandle(workflowId).describe();
      const [meant] = searchAttributes.TemporalScheduledStartTime ?? [];
      expect((meant as Date).toISOString()).toBe(at);
      expect((meant as Date).getMilliseconds()).toBe(0);
    }
  });
});
