import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import { fileUri } from '@etl/lib/fileUri';
import { layout } from '@etl/pipeline/layout';
import { createFileStore } from '@etl/storage/fileStore';
import { createOnePerEvent } from '../../activities/deadLetters/onePerEvent';
import type { DeadLetter } from '../../activities/ports';
import { createSqsDeadLetters } from '../../aws/sqsDeadLetters';
import { getFreePort } from '../../local/freePort';
import { createFileDeadLetters } from '../../local/outbox';
import { clientConfig } from '../support/awsTestClients';
import { etlInProcess } from '../support/etlInProcess';
import { type Moto, startMoto } from '../support/moto';
import { countMessages, makeQueue, sendAll } from '../support/queues';
import { created, s3Object } from '../support/s3Events';
import { TestServer } from '../support/testServer';

const exe = process.env.ETL_TEST_TEMPORAL ?? '';
const withBoth = process.env.ETL_TEST_MOTO && exe ? describe : describe.skip;

const letter = (name: string, changes: Partial<DeadLetter> = {}): DeadLetter => ({
  event: { detail: { s3Key: `s3://raw-data-lake/ventas/${name}.csv`, batchDate: '2026-02-08' } },
  failureType: 'BadData',
  reason: 'too many rejects',
  workflowId: `etl/ventas/2026-02-08/${name}`,
  runId: 'r1',
  ...changes,
});

withBoth('etl dlq', () => {
  let server: TestServer;
  let moto: Moto;
  let sqs: SQSClient;

  beforeAll(async () => {
    [server, moto] = await Promise.all([TestServer.start(), startMoto()]);
    sqs = new SQSClient(clientConfig(moto.endpoint));
  }, 90_000);
  afterAll(async () => {
    sqs?.destroy();
    await Promise.all([server?.remove(), moto?.stop()]);
  });

  const dlq = (env: NodeJS.ProcessEnv, ...args: string[]) =>
    etlInProcess(['dlq', ...args], {
      TEMPORAL_ADDRESS: server.address,
      AWS_ENDPOINT_URL: moto.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      ...env,
    });
  const runOf = (workflowId: string) => server.client.workflow.getHandle(workflowId).describe();
  const listed = async (env: NodeJS.ProcessEnv) => {
    const { stdout } = await dlq(env, 'list', '--json');
    return (JSON.parse(stdout) as { letters: { id: string; reason?: string; failureType?: string }[] }).letters;
  };

  test('lists letters without removing them, and removes each one only after its run has started', async () => {
    const { url } = await makeQueue(sqs, 'dead');
    const env = { DLQ_URL: url };
    const letters = createSqsDeadLetters(sqs, url);
    await letters.send(letter('one'));
    await letters.send(letter('busy'));
    await letters.send(letter('', { event: 'no JSON', failureType: 'InvalidEvent', workflowId: '', runId: '' }));
    const news = created(s3Object({ key: 'ventas/news_2026-02-07.csv' }));
    await sendAll(sqs, url, [news]);
    await server.client.workflow.start('etlPipeline', {
      workflowId: 'etl/ventas/2026-02-08/busy',
      taskQueue: 'nobody',
      args: [{}],
    });

    const shown = await dlq(env, 'list');
    expect(shown).toMatchObject({ exitCode: 0 });
    expect(shown.stdout).toMatch(/^4 letters in /);
    expect(shown.stdout).toMatch(/^ {2}file: s3:\/\/raw-data-lake\/ventas\/one\.csv, 2026-02-08$/m);
    expect(shown.stdout).toMatch(/^ {2}run: etl\/ventas\/2026-02-08\/one \(r1\)$/m);
    expect(await countMessages(sqs, url)).toBe(4);

    const dry = await dlq(env, 'redrive', '--all', '--dry-run');
    expect(dry.stdout).toMatch(/^would start etl\/ventas\/2026-02-08\/one for letter /m);
    expect(dry.exitCode).toBe(65);
    expect(await countMessages(sqs, url)).toBe(4);
    await expect(runOf('etl/ventas/2026-02-08/one')).rejects.toThrow();

    const redriven = await dlq(env, 'redrive', '--all');
    expect(redriven.stdout).toMatch(/^started etl\/ventas\/2026-02-08\/one, letter /m);
    expect(redriven.stdout).toMatch(
      /^started etl\/ventas\/2026-02-07\/news_2026-02-07-[0-9a-f]{12}\/[0-9a-f]{12}, letter /m,
    );
    expect(redriven.stdout).toMatch(/^kept: .*: etl\/ventas\/2026-02-08\/busy is already running$/m);
    expect(redriven.stdout).toMatch(/^kept: .*: cannot be redriven: the letter has no event$/m);
    expect(redriven.exitCode).toBe(65);
    expect((await runOf('etl/ventas/2026-02-08/one')).status.name).toBe('RUNNING');
    const left = await listed(env);
    expect(left.map(({ failureType }) => failureType).sort()).toEqual(['BadData', 'InvalidEvent']);

    await server.client.workflow.getHandle('etl/ventas/2026-02-08/busy').terminate();
    const [busy] = left.filter(({ failureType }) => failureType === 'BadData');
    const again = await dlq(env, 'redrive', busy?.id ?? '', 'no-such-letter', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({
      letters: [{ id: busy?.id, outcome: 'started', workflowIds: ['etl/ventas/2026-02-08/busy'] }],
      missing: ['no-such-letter'],
    });
    expect(again.exitCode).toBe(66);
    expect(await countMessages(sqs, url)).toBe(1);
  });

  test('one-letter: lists all letters of an event as one with its latest failure, and removes them together', async () => {
    const { url } = await makeQueue(sqs, 'twins');
    const cleanBase = fileUri(join(server.folder, 'twins'));
    const env = { DLQ_URL: url, S3_CLEAN_BUCKET: cleanBase, S3_RAW_BUCKET: 's3://raw-data-lake' };
    const queue = createSqsDeadLetters(sqs, url);
    const worker = createOnePerEvent({ queue, store: createFileStore(), places: { rawBase: undefined, cleanBase } });
    const twin = letter('twin');
    // The state machine sends every failure, without a key.
    await sendAll(sqs, url, [twin.event, twin.event]);
    await worker.send(twin);
    await worker.send({ ...twin, failureType: 'Timeout', reason: 'too slow' });
    await worker.send(letter('other'));
    expect(await countMessages(sqs, url)).toBe(4);

    const { stdout } = await dlq(env, 'list', '--json');
    const { letters } = JSON.parse(stdout) as {
      letters: { id: string; copies: number; reason: string; key: string }[];
    };
    expect(letters.map(({ copies, reason }) => [copies, reason]).sort()).toEqual([
      [1, 'too many rejects'],
      [3, 'too slow'],
    ]);
    const shown = await dlq(env, 'list');
    expect(shown.stdout).toMatch(/^2 letters in /);
    expect(shown.stdout).toMatch(/ {2}Timeout\n.*\n.*\n {2}reason: too slow\n {2}letters of this event: 3\n/);

    const unsure = await dlq(env, 'discard', '--all');
    expect(unsure).toMatchObject({ exitCode: 64, stdout: '' });
    expect(unsure.stderr).toMatch(
      /^error: dlq discard would delete 2 letters, but there is no terminal .*\nConfirm with --yes\n/,
    );
    expect(await countMessages(sqs, url)).toBe(4);

    const key = letters.find(({ copies }) => copies === 3)?.key ?? '';
    const discarded = await dlq(env, 'discard', key, 'no-such-letter', '--yes', '--json');
    expect(discarded.exitCode).toBe(66);
    expect(JSON.parse(discarded.stdout)).toMatchObject({
      letters: [{ key, copies: 3 }],
      left: [],
      missing: ['no-such-letter'],
    });
    expect(await countMessages(sqs, url)).toBe(1);
    // The marker is removed as well, so the next failure adds a letter again.
    await worker.send(twin);
    expect(await countMessages(sqs, url)).toBe(2);
    expect((await dlq(env, 'discard', '--all', '--yes')).stdout).toMatch(/^(discarded: \S+\n){2}$/);
    expect((await dlq(env, 'discard', '--all', '--yes')).stdout).toBe('There are no letters.\n');
  });

  test('letters of events delivered since are neither listed nor redriven, and are removed', async () => {
    const state = join(server.folder, 'delivered');
    const env = { ETL_STATE_DIR: state };
    const letters = createFileDeadLetters(join(state, 'dead-letters'));
    const names = () => readdir(join(state, 'dead-letters'));
    const detail = {
      s3Key: 's3://raw-data-lake/ventas/late.csv',
      batchDate: '2026-02-08',
      dataset: 'ventas',
      source: 'late',
    };
    const id = await letters.send(letter('late', { event: { detail } }));
    await letters.send(letter('open'));
    const lake = fileUri(join(state, 'lake'));
    const commit = (runStartedAt: string) =>
      createFileStore().write(
        layout(lake, { dataset: 'ventas', batchDate: '2026-02-08', source: 'late' }).commit(1),
        JSON.stringify({ version: 1, parts: [], source: { uri: detail.s3Key }, runStartedAt }),
      );
    await commit('2026-01-01T00:00:00.000Z');
    expect((await dlq(env, 'list')).stdout).toMatch(/^2 letters in /);
    await commit(new Date(Date.now() + 60_000).toISOString());
    const { stdout } = await dlq(env, 'list');
    expect(stdout).toMatch(/^1 letter in /);
    expect(stdout).toMatch(/^Not shown: 1 letter of events that were delivered later. Remove them with/m);
    expect((await dlq(env, 'redrive', id, '--dry-run')).stdout).toBe(
      `would remove letter ${id}: its event was delivered later\n`,
    );
    expect(await names()).toHaveLength(2);
    expect(await dlq(env, 'redrive', id)).toMatchObject({
      exitCode: 0,
      stdout: `removed: ${id}: its event was delivered later\n`,
    });
    expect(await names()).toHaveLength(1);
  });

  test('lists and redrives letters in the folder of the local system', async () => {
    const env = { ETL_STATE_DIR: join(server.folder, 'state') };
    const letters = createFileDeadLetters(join(server.folder, 'state', 'dead-letters'));
    // Letters are listed by time.
    const id = await letters.send(letter('local', { reason: 'one\ntwo' }), new Date('2026-02-08T01:00:00Z'));
    await letters.send(letter('other'), new Date('2026-02-08T02:00:00Z'));
    expect((await dlq(env, 'list', '--limit', '1')).stdout).toMatch(/reason: one; two\nThere may be more/);
    const redriven = await dlq(env, 'redrive', id);
    expect(redriven).toMatchObject({
      exitCode: 0,
      stdout: `started etl/ventas/2026-02-08/local, letter ${id} removed\n`,
    });
    expect(await readdir(join(server.folder, 'state', 'dead-letters'))).toHaveLength(1);
  });

  test('removes nothing without Temporal', async () => {
    const env = { ETL_STATE_DIR: join(server.folder, 'away'), TEMPORAL_ADDRESS: `127.0.0.1:${await getFreePort()}` };
    await createFileDeadLetters(join(server.folder, 'away', 'dead-letters')).send(letter('x'));
    expect((await dlq(env, 'redrive', '--all')).exitCode).toBe(69);
    expect(await readdir(join(server.folder, 'away', 'dead-letters'))).toHaveLength(1);
  });

  test('reports a missing queue in one line', async () => {
    const ended = await dlq({ DLQ_URL: `${moto.endpoint}/123456789012/none` }, 'list');
    expect(ended).toMatchObject({ exitCode: 69, stdout: '' });
    expect(ended.stderr).toMatch(/^error: cannot read the dead letters in http.*none: .+\nCheck DLQ_URL/);
  });

  test.each(['redrive', 'discard'])('etl dlq %s requires letters or --all', async (command) => {
    const none = await dlq({}, command);
    expect(none).toMatchObject({ exitCode: 64 });
    expect(none.stderr).toMatch(new RegExp(`^error: dlq ${command} requires letter IDs or --all\\n`));
  });
});
