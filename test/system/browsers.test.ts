import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DescribeClustersCommand, ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import {
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { getFaults } from '@etl/fargate/faults/control';
import { localEcsSettings } from '../../local/ecsSettings';
import { unreachablePorts } from '../../local/gate/unreachablePorts';
import type { Ministack } from '../../local/ministack/server';
import { ecsCalls } from '../../step-functions/compare/calls';
import { clientConfig, s3With } from '../support/awsTestClients';
import { attack, HostileBrowser, hostileScript } from '../support/hostileBrowser';
import { type Listening, listeningBelow } from '../support/listening';
import { startTestMinistack } from '../support/ministack';
import { LocalSystemUnderTest } from '../support/system';
import { thorough } from '../support/thorough';

const tools = ['ETL_TEST_CHROMIUM', 'ETL_TEST_DOCKER', 'ETL_TEST_MINISTACK', 'ETL_TEST_TEMPORAL'];
const withAll = tools.every((tool) => process.env[tool]) && existsSync('/proc/net/tcp') ? describe : describe.skip;

// Every port is attacked in many ways, and the machine may be busy.
jest.setTimeout(300_000);

withAll('web pages and the listening ports of this machine', () => {
  let system: LocalSystemUnderTest;
  let ministack: Ministack;
  let browser: HostileBrowser;
  let s3: S3Client;
  let listening: Listening[];
  const portOf = (url: string): number => Number(new URL(url).port);

  beforeAll(async () => {
    system = await LocalSystemUnderTest.create();
    [, ministack] = await Promise.all([system.up(), startTestMinistack()]);
    s3 = await s3With(ministack.endpoint, 'lake');
    await s3.send(new PutObjectCommand({ Bucket: 'lake', Key: 'secret.txt', Body: 'secret' }));
    listening = listeningBelow(process.pid);
    browser = await HostileBrowser.launch([...new Set(listening.map(({ address }) => address))]);
  });
  afterAll(async () => {
    await browser?.close();
    s3?.destroy();
    await Promise.all([system?.remove(), ministack?.stop()]);
  });

  test('all ports are known and bound to 127.0.0.1; ministack also listens on the bridge of its containers', () => {
    const { temporal, ui, ecs } = system.ready ?? { temporal: '', ui: '', ecs: '' };
    const bridge = new URL(ministack.endpoint).hostname;
    const known = [`http://${temporal}`, ui, ecs, ministack.endpoint].map(portOf);
    expect(listening.map(({ port }) => port)).toEqual(expect.arrayContaining(known));
    const elsewhere = listening.filter(({ address }) => address !== '127.0.0.1');
    expect(elsewhere).toEqual(bridge === '127.0.0.1' ? [] : [{ address: bridge, port: portOf(ministack.endpoint) }]);
    // The Web UI itself, the metrics of Temporal, and ministack.
    const unreachable = listening.filter(({ port }) => unreachablePorts.some((each) => each === port));
    expect(unreachable.length).toBeGreaterThanOrEqual(3);
  });

  test('a page of another origin can neither read nor act, even after rebinding its name', async () => {
    const { ui = '', ecs: endpoint = '' } = system.ready ?? {};
    const services = [ui, endpoint, ministack.endpoint].map(portOf);
    const isAttacked = ({ port }: Listening, at: number) => thorough || services.includes(port) || at % 3 === 0;
    for (const each of listening.filter(isAttacked)) {
      const effort = { everyNth: thorough ? 1 : services.includes(each.port) ? 2 : 4 };
      const loot = await Promise.all([browser.acrossOrigins(each, effort), browser.rebound(each, effort)]);
      expect([each, ...loot]).toEqual([each, {}, {}]);
    }

    const { ecs = '' } = system.ready ?? {};
    const local = new ECSClient(clientConfig(ecs));
    const { cluster } = localEcsSettings;
    expect(Object.keys(await ecsCalls(ecs))).not.toContain('RunTask');
    expect((await local.send(new ListTasksCommand({ cluster }))).taskArns).toEqual([]);
    expect((await local.send(new DescribeClustersCommand({ clusters: ['by-page'] }))).clusters).toEqual([]);
    expect(await getFaults(ecs)).toMatchObject({ on: false });
    local.destroy();

    const workflows = await system.withClient(async ({ workflow }) => {
      const ids: string[] = [];
      for await (const { workflowId } of workflow.list()) ids.push(workflowId);
      return ids;
    });
    expect(workflows).toEqual([]);

    const [standIn, sqs] = [
      new ECSClient(clientConfig(ministack.endpoint)),
      new SQSClient(clientConfig(ministack.endpoint)),
    ];
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'lake' }));
    expect([Buckets.map(({ Name }) => Name), Contents.map(({ Key }) => Key)]).toEqual([['lake'], ['secret.txt']]);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'lake', Key: 'secret.txt' }));
    expect(await Body?.transformToString()).toBe('secret');
    expect((await sqs.send(new ListQueuesCommand({}))).QueueUrls ?? []).toEqual([]);
    expect((await standIn.send(new DescribeClustersCommand({ clusters: ['by-page'] }))).clusters).toEqual([]);
    for (const client of [standIn, sqs]) client.destroy();
  });

  test('all pages can read and write a server without a gate', async () => {
    const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
    const seen: string[] = [];
    const server = createServer(({ method, url }, response) => {
      seen.push(`${method} ${url}`);
      response.writeHead(200, { ...cors, 'access-control-allow-methods': '*', 'content-type': 'text/javascript' });
      response.end('1');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const at = { address: '127.0.0.1', port };
    const effort = { seconds: 60 };
    const loot = { ...(await browser.acrossOrigins(at, effort)), ...(await browser.rebound(at, effort)) };
    server.close();
    server.closeAllConnections();
    const ways = ['cors POST /', 'cors PUT /by-page', 'cors GET /lake/secret.txt', 'script GET /calls'];
    const pages = ['another port', 'another site', 'another port of its site', 'its own site, rebound'];
    const expected = pages.flatMap((page) => ways.map((way) => `${page}: ${way}`));
    expect(Object.keys(loot)).toEqual(expect.arrayContaining(expected));
    const times = (request: string) => seen.filter((each) => each === request).length;
    expect([times('OPTIONS /by-page'), times('PUT /by-page')]).toEqual([3, 4]);
    // With CORS, without CORS, and as a form.
    expect(times('POST /_ministack/reset')).toBe(3 * pages.length);
  });

  test('a browser cannot connect to any port documented as unreachable', async () => {
    await browser.visit('about:blank', async (page) => {
      const failures = new Map<string, string>();
      page.on('requestfailed', (request) => failures.set(request.url(), request.failure()?.errorText ?? ''));
      const urls = unreachablePorts.map((port) => `http://127.0.0.1:${port}/`);
      // Cheaper than visits, for which the browser draws pages with the errors.
      await page.evaluate((all) => Promise.allSettled(all.map((url) => fetch(url, { mode: 'no-cors' }))), urls);
      expect(Object.fromEntries(failures)).toEqual(
        Object.fromEntries(urls.map((url) => [url, 'net::ERR_UNSAFE_PORT'])),
      );
    });
  });

  test('the Web UI works under both of its names and from a link, and so does its API for its own pages', async () => {
    const { ui = '' } = system.ready ?? {};
    for (const url of [ui, ui.replace('127.0.0.1', 'localhost')]) {
      await browser.visit(url, (page) => page.getByText('Workflows').first().waitFor());
    }
    const page = await browser.link(ui, 'the run');
    await page.getByText('the run').click();
    await page.getByText('Workflows').first().waitFor();
    await page.evaluate(hostileScript);
    const start = 'cors POST /api/v1/namespaces/default/workflows/by-page';
    expect(Object.keys(await attack(page, ui, { seconds: 60 }))).toContain(start);
    await system.withClient(({ workflow }) => workflow.getHandle('by-page').describe());
  });
});
