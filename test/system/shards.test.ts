import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import { checkpointName, shardWorkflowId } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import type { RunStatus } from '@etl/pipeline/runStatus';
import type { WorkflowFailedError, WorkflowHandle } from '@temporalio/client';
import type { PipelineResult } from '../../workflows/etlPipeline';
import { command } from '../support/processes';
import type { RealTask } from '../support/realTasks';
import { until } from '../support/system';
import { thorough } from '../support/thorough';
import { endsOf, rows, SlowRuns } from './support/slowRun';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;
const temporal = process.env.ETL_TEST_TEMPORAL ?? 'temporal';

/** Eight chunks; only the last one shows that `code` is not a number. */
const chunkRows = 1000;
const widening = (): string => {
  const lines = Array.from({ length: 8 * chunkRows }, (_, row) => `${row},${row % 97},"name ${row}"`);
  lines[lines.length - 1] = '7999,A-1,last';
  return `id,code,name\n${lines.join('\n')}\n`;
};

withServer('several tasks that convert one file', () => {
  let runs: SlowRuns;
  beforeAll(async () => {
    runs = await SlowRuns.up(0.02);
    // Slow enough to be alive until they are stopped; on a busy machine they could end earlier.
    const slow = { fault: 'slow', share: 0.01 };
    await runs.faults({
      [shardWorkflowId('killed', 2, 2)]: [{ fault: 'slow', share: 0.1, times: 1 }],
      [shardWorkflowId('terminated', 1, 2)]: [slow],
      [shardWorkflowId('terminated', 2, 2)]: [slow],
    });
    await writeFile(join(runs.system.folder, 'widening.csv'), widening());
    await writeFile(join(runs.system.folder, 'ragged.csv'), `id,name\n${'1,a\n'.repeat(500)}${'x,b\n'.repeat(50)}`);
  });
  afterAll(() => runs.down());

  const file = (name: string) => ({ s3Key: fileUri(join(runs.system.folder, `${name}.csv`)) });
  const sha = ({ parts }: Manifest) => parts.map(({ sha256 }) => sha256);
  const shard = ({ workflowId }: WorkflowHandle, number: number, of: number) => ({
    workflowId: shardWorkflowId(workflowId, number, of),
  });
  const pidOf = ({ arn }: RealTask): number => {
    const pid = runs.system.programPid(arn.split('/').at(-1) ?? '');
    if (pid === undefined) throw new Error(`${arn} has no program`);
    return pid;
  };
  const resultOf = (handle: WorkflowHandle): Promise<PipelineResult> => handle.result();
  const purposes = ({ launches }: PipelineResult) =>
    launches.map(({ purpose, shard: share, failureType }) =>
      [purpose ?? share ?? 'all', failureType ?? 'done'].join(' '),
    );

  test.concurrent('one, two or four tasks publish the same bytes in every part', async () => {
    const started = await Promise.all(
      (thorough ? [1, 2, 4] : [1, 4]).map((shards) =>
        runs.start({ workflowId: `plain-${shards}`, quick: true, chunkRows: 1000, compute: { shards } }),
      ),
    );
    const manifests = await Promise.all(
      started.map(async (handle) => {
        await handle.result();
        return runs.manifestOf(handle, 'quick');
      }),
    );
    const [one, ...more] = manifests.map(sha);
    expect(one).toHaveLength(8);
    expect(more).toEqual(more.map(() => one));
  });

  test.concurrent('after a wider type in the last chunk the shards convert again, to the bytes of a single task', async () => {
    const start = (shards: number) =>
      runs.start({ workflowId: `widening-${shards}`, chunkRows, compute: { shards }, detail: file('widening') });
    const [alone, together] = await Promise.all([start(1), start(2)]);
    await alone.result();
    const ends = purposes(await resultOf(together));
    expect(ends.filter((each) => each.startsWith('commit'))).toEqual(['commit SchemaWidened', 'commit done']);
    expect(ends.filter((each) => /^\d\/2 done$/.test(each))).toHaveLength(4);
    const one = await runs.manifestOf(alone, 'widening');
    const two = await runs.manifestOf(together, 'widening');
    expect(two.schema.find(({ name }) => name === 'code')?.type).toBe('text');
    expect(two.totals).toEqual(one.totals);
    expect(sha(two)).toEqual(sha(one));
  });

  test.concurrent('a shard task killed with SIGKILL is relaunched alone and reuses its finished parts', async () => {
    const handle = await runs.start({ workflowId: 'killed', quick: true, chunkRows: 200, compute: { shards: 2 } });
    const second = shard(handle, 2, 2);
    const task = await runs.task(second);
    const checkpoint = join(runs.workOf(handle, 'quick', task), checkpointName);
    await until('some chunks of it', 60, () => existsSync(checkpoint));
    process.kill(pidOf(task), 'SIGKILL');
    const ends = purposes(await resultOf(handle));
    expect(ends).toEqual(expect.arrayContaining(['2/2 TaskKilled', '2/2 done', '1/2 done']));
    expect(runs.tasksOf(second)).toHaveLength(2);
    expect(runs.tasksOf(shard(handle, 1, 2))).toHaveLength(1);
    const { parts, totals, reused } = await runs.manifestOf(handle, 'quick');
    expect(parts).toHaveLength(40);
    expect(totals.rowsRead).toBe(rows);
    expect(reused).toBeGreaterThan(0);
  });

  test.concurrent('when the workflow of one shard is terminated, all shard tasks are stopped before the run fails', async () => {
    // Many chunks: on a busy machine, a task may otherwise end before it is stopped.
    const handle = await runs.start({ workflowId: 'terminated', quick: true, chunkRows: 10, compute: { shards: 2 } });
    const [first, second] = [shard(handle, 1, 2), shard(handle, 2, 2)];
    await Promise.all([runs.task(first), runs.task(second)]);
    await runs.client.workflow.getHandle(second.workflowId).terminate('by hand');
    const error = await handle.result().catch((thrown: unknown) => thrown);
    expect((error as WorkflowFailedError).cause).toMatchObject({
      type: 'TaskStopped',
      message: `shard 2/2: workflow ${second.workflowId} was terminated`,
    });
    for (const each of [first, second]) expect(endsOf(runs.tasksOf(each))).toEqual([['UserInitiated', 143]]);
  });

  test.concurrent('a held batch waits for an approval, which the Temporal CLI gives', async () => {
    const handle = await runs.start({
      workflowId: 'held',
      chunkRows: 100,
      compute: { shards: 2 },
      detail: { ...file('ragged'), columns: { id: 'integer' }, rejects: { level: 'hold' } },
    });
    await until('it is held', 60, async () => (await handle.query<RunStatus>('status')).step === 'held');
    const approve = (input: object) =>
      command(temporal, [
        ...['workflow', 'update', 'execute', '--workflow-id', 'held', '--name', 'approve'],
        ...['--input', JSON.stringify(input), '--address', runs.system.ready?.temporal ?? ''],
      ]);
    const refused = await approve({ approved: 'yes' });
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('approved: must be true or false') });
    expect(await approve({ approved: true, by: 'ana' })).toMatchObject({ exitCode: 0 });
    const result = await resultOf(handle);
    expect(result).toMatchObject({ approval: { approved: true, by: 'ana' } });
    expect(purposes(result).filter((each) => each.startsWith('commit'))).toEqual(['commit Held', 'commit done']);
    expect(result.delivered.totals).toMatchObject({ rowsWritten: 500, rowsRejected: 50 });
    expect(runs.system.letters('outbox/etl-alerts').join()).toContain('pendiente de aprobaci');
  });
});
