import { maxLines } from '@etl/lib/capped';
import { joinUri } from '@etl/lib/uri';
import type { BatchPlan } from '@etl/pipeline/batch/plan';
import { emptySummary, withResult } from '@etl/pipeline/batch/summary';
import { boundEvidence, maxShownLaunches } from '@etl/pipeline/evidence';
import { layout, progressName } from '@etl/pipeline/layout';
import { awaitTask } from '../../activities/awaitTask';
import { maxAnswerBytes } from '../../activities/boundAnswers';
import { confirmCommit } from '../../activities/confirmCommit';
import { convertLight } from '../../activities/convertLight';
import { findOrphans, maxListed } from '../../activities/findOrphans';
import { listFiles } from '../../activities/listFiles';
import { planBatch } from '../../activities/planBatch';
import { createProgressReader } from '../../activities/progressReader';
import { validateInput } from '../../activities/validateInput';
import { FakeTaskRunner, MemoryStore, withoutProgress } from '../support/fakePorts';
import { samplePlan } from '../support/samplePlan';

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const long = '\u0001'.repeat(50_000);
const run = { workflowId: 'w', runId: 'r1', startedAt: '2026-02-08T00:00:00.000Z' };
const keys = Object.fromEntries(Array.from({ length: 9000 }, (_, n) => [`unknown key ${n}`, n]));

/**
 * Calls each activity with its largest input. Each result must stay below Temporal's payload limit and count what it
 * leaves out.
 */
describe('results of activities stay below the payload limit', () => {
  const settings = { rawBase: 's3://raw', cleanBase: 's3://clean', timeScale: 1 };

  test('validateInput with thousands of reasons', async () => {
    const answer = await validateInput(new MemoryStore(), settings, { ...keys });
    if (answer.valid) throw new Error('it was valid');
    expect(answer.reasons).toHaveLength(maxLines + 1);
    expect(answer.reasons.at(-1)).toBe(`… and ${9001 - maxLines} more`);
    expect(bytesOf(answer)).toBeLessThan(maxAnswerBytes);
  });

  test('validateInput with a plan of the maximum number of columns and a warning for each column', async () => {
    const header = Array.from({ length: 9999 }, (_, n) => `"${'ñ'.repeat(100)}${n}"`).join();
    const store = new MemoryStore();
    await store.write('s3://raw/v/a.csv', `${header},"${'x'.repeat(2000)}"\n${'1,'.repeat(9999)}1\n`);
    const columns = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`c${n}`, 'text']));
    const event = { detail: { s3Key: 'v/a.csv', batchDate: '2026-02-08', columns } };
    const answer = await validateInput(store, settings, event);
    if (!answer.valid) throw new Error(answer.reasons.join());
    expect(answer.plan.warnings.length).toBeLessThanOrEqual(maxLines + 1);
    expect(bytesOf(answer)).toBeLessThan(maxAnswerBytes);
  });

  test('planBatch with thousands of reasons', async () => {
    const input = { request: { ...keys }, scheduledAt: run.startedAt };
    const answer = await planBatch(new MemoryStore(), settings, input);
    if (answer.valid) throw new Error('it was valid');
    expect(answer.reasons.at(-1)).toMatch(/^… and \d+ more$/);
    expect(bytesOf(answer)).toBeLessThan(maxAnswerBytes);
  });

  test('listFiles with a page of the longest keys, each with a reason that names another file', async () => {
    const store = new MemoryStore();
    const uris = Array.from(
      { length: 250 },
      (_, n) => `s3://raw/v/${`${n}`.padStart(4, '0')}${'\u0001'.repeat(1010)}.csv`,
    );
    for (const uri of uris) await store.write(uri, 'x');
    const plan: BatchPlan = {
      ...{ prefix: 's3://raw/v', from: '2026-02-08', to: '2026-02-08', mode: 'all', maxConcurrent: 1 },
      ...{ onFailure: 'fail', detail: { dataset: 'v' }, destination: 's3://clean', priority: 3 },
    };
    const executions = {
      state: async () => ({ status: 'running', partOf: { batch: long, run: long, file: long } }) as const,
    };
    const page = await listFiles({ store, executions }, { plan, batchDate: '2026-02-08', limit: 200 });
    expect(bytesOf(page)).toBeLessThan(maxAnswerBytes);
    expect(page.files.length).toBeGreaterThan(100);
    expect(page.next).toBe(page.files.at(-1)?.uri);
  });

  test('confirmCommit with thousands of long warnings', async () => {
    const plan = samplePlan();
    const store = new MemoryStore();
    const { source, optionsHash } = plan;
    const warnings = Array<string>(1000).fill(long);
    const manifest = { version: 1, runId: 'r1', source, optionsHash, parts: [], totals: {}, warnings };
    await store.write(layout(plan.destination, plan.batch).commit(1), JSON.stringify(manifest));
    const answer = await confirmCommit(store, { plan, run });
    expect(answer).toMatchObject({ kind: 'delivered', warnings: expect.arrayContaining(['… and 950 more']) });
    expect(bytesOf(answer)).toBeLessThan(maxAnswerBytes);
  });

  test('awaitTask with a large progress file of the container', async () => {
    const plan = samplePlan();
    const uri = joinUri(layout(plan.destination, plan.batch).work('r1', 1), progressName);
    const store = new MemoryStore();
    const progress = { phase: 'failed', bytesRead: 1, bytesTotal: 2, rowsRead: 1, parts: 1, updatedAt: '' };
    await store.write(uri, JSON.stringify({ ...progress, failure: long, more: Array(1000).fill(long) }));
    const end = await awaitTask(
      {
        describer: {
          watch: () => ({ next: async () => ({ taskArn: 't', lastStatus: 'STOPPED', exitCode: 1, tags: {} }) }),
        },
        progress: createProgressReader(store, { leastSeconds: 1 }),
        taskLogs: { tail: async () => [] },
        note: () => undefined,
        onProgress: () => undefined,
        now: () => 0,
        signal: new AbortController().signal,
        unknownGraceSeconds: 1,
      },
      { taskArn: 't', plan, run, generation: 1 },
    );
    expect(end.reported).toHaveLength(2000);
    expect(bytesOf(end)).toBeLessThan(100_000);
  });

  test('convertLight with a large answer of a function', async () => {
    const convert = async () => ({ exitCode: 1, seconds: 1, reason: long, logTail: Array<string>(1000).fill(long) });
    const { signal } = new AbortController();
    const lightly = { ...withoutProgress, converter: { convert }, store: new MemoryStore(), signal };
    const end = await convertLight(lightly, { plan: samplePlan(), run, generation: 1 });
    expect(end.logTail.at(-1)).toBe('… and 980 more');
    expect(bytesOf(end)).toBeLessThan(maxAnswerBytes / 4);
  });

  test('findOrphans with a thousand tasks', async () => {
    const tasks = new FakeTaskRunner();
    const tags = { 'etl:namespace': 'default', 'etl:run-id': 'r' };
    for (let n = 0; n < 1000; n++) {
      const workflowId = `${n % 2 ? 'closed' : 'unknown'}/${n}/${'ñ'.repeat(900)}`;
      tasks.set({ taskArn: `arn:aws:ecs:eu-west-1:123456789012:task/c/${n}`, lastStatus: 'RUNNING', workflowId, tags });
    }
    const report = await findOrphans({
      tasks,
      executions: {
        state: async (id) =>
          id.startsWith('closed') ? { status: 'closed', how: 'TERMINATED', closedAt: 0 } : { status: 'unknown' },
      },
      namespace: 'default',
      graceSeconds: 1,
      now: () => 1e12,
      note: () => undefined,
    });
    expect(report.orphans).toHaveLength(maxListed);
    expect(report.unknown).toHaveLength(maxListed);
    expect(report).toMatchObject({ examined: 1000, leftOut: 600 });
    expect(bytesOf({ ...report, stopped: report.orphans, notStopped: [] })).toBeLessThan(maxAnswerBytes);
  });
});

test('the evidence of a failure stays below the payload limit', () => {
  const launch = { generation: 1, lane: 'fargate', spot: false, reason: 'x'.repeat(500) } as const;
  const evidence = boundEvidence({
    stoppedReason: long,
    logTail: Array<string>(1000).fill(long),
    launches: Array.from({ length: 500 }, () => launch),
  });
  expect(evidence.launches).toHaveLength(maxShownLaunches);
  expect(evidence.logTail).toHaveLength(maxLines + 1);
  expect(bytesOf(evidence)).toBeLessThan(maxAnswerBytes / 2);
});

test('a batch keeps at most a hundred problems, and fewer when they are long', () => {
  const problem = (uri: string) =>
    ({
      uri,
      batchDate: '2026-02-08',
      workflowId: 'w',
      outcome: 'failed',
      failureType: 'BadData',
      reason: 'r',
    }) as const;
  const days = { from: '2026-02-08', to: '2026-02-08' };
  const of = (uri: string) => Array.from({ length: 300 }, () => problem(uri)).reduce(withResult, emptySummary(days));
  expect(of('s3://raw/a.csv').problems).toHaveLength(100);
  const summary = of(`s3://raw/${'\u0001'.repeat(1024)}`);
  expect(summary).toMatchObject({ files: 300, failed: 300 });
  expect(summary.problems.length).toBeGreaterThan(30);
  expect(bytesOf(summary.problems)).toBeLessThanOrEqual(256 * 1024);
});
