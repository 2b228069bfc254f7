import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileUri } from '@etl/lib/fileUri';
import { Client, Connection } from '@temporalio/client';
import { openPayloads } from '../../config/payloads/payloads';
import { getFreePort } from '../../local/freePort';
import { command, start } from '../support/processes';
import { etl, LocalSystemUnderTest, until } from '../support/system';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;
const temporal = process.env.ETL_TEST_TEMPORAL ?? 'temporal';

const k1 = `k1:${Buffer.alloc(32, 1).toString('base64')}`;
const k2 = `k2:${Buffer.alloc(32, 2).toString('base64')}`;

withServer('encryption of what Temporal stores', () => {
  let system: LocalSystemUnderTest;
  let good: string;
  beforeAll(async () => {
    system = await LocalSystemUnderTest.create({ ETL_TIME_SCALE: '0.05', ETL_PAYLOAD_KEYS: k1 });
    await system.up();
    await mkdir(join(system.folder, 'ventas'));
    good = await file('good.csv', 'id,fecha\n1,2026-02-08\n2,2026-02-09\n3,pendiente\n');
  });
  afterAll(() => system.remove());

  const file = async (name: string, content: string): Promise<string> => {
    const path = join(system.folder, 'ventas', name);
    await writeFile(path, content);
    return path;
  };
  const withKeys = (keys: string) => ({ ...system.env, ETL_PAYLOAD_KEYS: keys });
  const runOf = (path: string, keys: string, ...more: string[]) =>
    etl(['run', path, '--date', '2026-02-08', '--json', ...more], withKeys(keys));

  /** Reads from Temporal like a client without a key. */
  async function raw<T>(look: (client: Client) => Promise<T>): Promise<T> {
    const connection = await Connection.connect({ address: system.ready?.temporal ?? '' });
    try {
      return await look(new Client({ connection }));
    } finally {
      await connection.close();
    }
  }

  /** Returns all text and bytes of a response of Temporal, except the IDs in plain text. */
  function textOf(value: unknown, ids: readonly string[]): string {
    const texts: string[] = [];
    const visit = (each: unknown): void => {
      if (typeof each === 'string') texts.push(each);
      else if (each instanceof Uint8Array) texts.push(Buffer.from(each).toString('latin1'));
      else if (each !== null && typeof each === 'object')
        for (const entry of Object.entries(each)) entry.forEach(visit);
    };
    visit(value);
    return ids.reduce((rest, id) => rest.replaceAll(id, ''), texts.join('\n'));
  }

  /** Returns the payload data in the output of the `temporal` CLI. */
  const dataIn = (output: string): string =>
    [...output.matchAll(/"data": "([^"]*)"/g)].map(([, data = '']) => Buffer.from(data, 'base64').toString()).join(' ');

  /** Returns the history, the memo and the summary of a workflow and of its children. */
  const rawWorkflow = (workflowId: string) =>
    raw(async (client) => {
      const handle = client.workflow.getHandle(workflowId);
      const history = await handle.fetchHistory();
      const { namespace } = client.options;
      const description = await client.workflowService.describeWorkflowExecution({
        namespace,
        execution: { workflowId },
      });
      return { history, text: textOf([history, description], [workflowId]) };
    });

  const secrets = (): RegExp =>
    new RegExp(
      ['s3Key', 'batchDate', 'rowsWritten', 'fecha', 'became null', 'is empty', 'orkflows/', system.folder].join('|'),
    );

  test('a delivered run: the command shows its result, and its history contains only IDs in plain text', async () => {
    const { stdout, exitCode } = await runOf(good, k1);
    expect(exitCode).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ status: 'COMPLETED', manifest: { totals: { rowsWritten: 3 } } });
    const { text, history } = await rawWorkflow(report.workflowId);
    expect(text).not.toMatch(secrets());
    expect(text).toContain('binary/encrypted');
    // The search would find these words: with the key, it does.
    const { codec } = await openPayloads({ ETL_PAYLOAD_KEYS: k1 });
    const { payloads } = history.events?.[0]?.workflowExecutionStartedEventAttributes?.input ?? {};
    expect(textOf(await codec.decode(payloads ?? []), [])).toMatch(secrets());
    expect(history.events?.length).toBeGreaterThan(15);
  });

  test('a failed run: the command shows its reason, and its history contains it encrypted', async () => {
    const { stdout, exitCode } = await runOf(await file('empty.csv', ''), k1);
    expect(exitCode).toBe(65);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ failureType: 'InvalidInput', reason: expect.stringContaining('the file is empty') });
    const { text, history } = await rawWorkflow(report.workflowId);
    expect(text).not.toMatch(secrets());
    const failure = history.events?.at(-1)?.workflowExecutionFailedEventAttributes?.failure;
    expect(failure).toMatchObject({ message: 'Encoded failure', applicationFailureInfo: { type: 'InvalidInput' } });
  });

  test('a batch with its pipelines, and a schedule, are encrypted, too', async () => {
    const prefix = join(system.folder, 'ventas');
    const { stdout } = await etl(['batch', prefix, '--date', '2026-02-08', '--mode', 'all', '--json'], withKeys(k1));
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ failureType: 'BatchIncomplete', summary: { delivered: 1, invalid: 1 } });
    const { text } = await rawWorkflow(report.workflowId);
    const children = text.replace(/etl\/ventas\/2026-02-08\/[\w-]+/g, '');
    expect(children).not.toMatch(secrets());

    const created = await etl(['schedule', 'create', 'night', prefix, '--at', '02:30'], withKeys(k1));
    expect(created.exitCode).toBe(0);
    const description = await raw((client) => client.schedule.getHandle('night').describe().catch(String));
    expect(textOf(description, [])).not.toMatch(secrets());
    const shown = await etl(['schedule', 'describe', 'night', '--json'], withKeys(k1));
    expect(JSON.parse(shown.stdout)).toMatchObject({ request: { prefix: fileUri(prefix) } });
  });

  test.each([
    ['no key', '', 'and ETL_PAYLOAD_KEYS is not set'],
    ['another key', k2, 'which is not in ETL_PAYLOAD_KEYS'],
    ['another key with this ID', k2.replace('k2', 'k1'), 'cannot decrypt it'],
  ])('a command with %s ends with 78 and names the key', async (_what, keys, why) => {
    const { exitCode, stderr } = await etl(['schedule', 'describe', 'night'], withKeys(keys));
    expect(exitCode).toBe(78);
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining(`the key "k1", `), expect.any(String)]);
    expect(stderr).toContain(why);
  });

  test('the codec server decrypts for the temporal CLI', async () => {
    const port = String(await getFreePort());
    const options = ['codec-server', '--port', port, '--ui', system.ready?.ui ?? '', '--json'];
    const { child, ended } = start(process.execPath, ['cli/etl.js', ...options], { ...process.env, ...withKeys(k1) });
    try {
      const [line] = await once(createInterface({ input: child.stdout ?? process.stdin }), 'line');
      const { url } = JSON.parse(line);
      const workflowId = 'etl/ventas/2026-02-08/good';
      const address = ['--address', system.ready?.temporal ?? '', '--workflow-id', workflowId, '--output', 'json'];
      const decoded = await command(temporal, ['workflow', 'show', ...address, '--codec-endpoint', url]);
      expect(dataIn(decoded.stdout)).toContain(fileUri(good));
      const encrypted = await command(temporal, ['workflow', 'show', ...address]);
      expect(dataIn(encrypted.stdout)).not.toContain(fileUri(good));
    } finally {
      child.kill('SIGINT');
      expect((await ended).exitCode).toBe(0);
    }
  });

  test('a worker without the key ends with one line; with it, under a newer one, the run resumes', async () => {
    await system.end();
    delete system.changes.ETL_PAYLOAD_KEYS;
    await system.up();
    const later = await file('later.csv', 'id,fecha\n1,2026-02-08\n');
    const { workflowId } = JSON.parse((await runOf(later, k1, '--no-wait')).stdout);
    const log = await until('the worker ends', 60, async () => {
      const text = await readFile(join(system.stateDir, 'logs', 'worker.log'), 'utf8').catch(() => '');
      return text.includes('etl-worker: a payload is encrypted') ? text : undefined;
    });
    expect(log).toContain('etl-worker: a payload is encrypted with the key "k1", and ETL_PAYLOAD_KEYS is not set\n');
    await system.end();

    system.changes.ETL_PAYLOAD_KEYS = `${k2},${k1}`;
    await system.up();
    const result = await system.withClient((client) => client.workflow.getHandle(workflowId).result());
    expect(result).toMatchObject({ delivered: { totals: { rowsWritten: 1 } } });
    const { text, history } = await rawWorkflow(workflowId);
    expect(text).not.toMatch(secrets());
    const keyIds = new Set(text.match(/(?<=encryption-key-id\n)k\d/g));
    expect(keyIds).toEqual(new Set(['k1', 'k2']));
    // Each worker that ended has failed one workflow task.
    const failed = history.events?.filter((event) => event.workflowTaskFailedEventAttributes).length ?? 0;
    expect(failed).toBeLessThanOrEqual(1);
  });
});
