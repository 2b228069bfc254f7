import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import type { LineageEvent } from '@etl/pipeline/lineage/events';
import { reportLineage } from '../../activities/reportLineage';
import { createLineage } from '../../workers/lineage';

const settings = { namespace: 'etl', version: '0.3.0' };
const run = (runId: string) => ({
  runId,
  workflowId: 'w',
  batch: { dataset: 'ventas', batchDate: '2026-02-08', source: 'v' },
  sourceUri: 's3://raw/v.csv',
  destination: 's3://clean',
});
const noStore = {
  async *list() {},
  readSmall: async () => undefined,
};

let server: Server;
let respond: (request: IncomingMessage, response: ServerResponse) => void;
let received: { event: LineageEvent; authorization: string | undefined; path: string | undefined }[];
const warnings: string[] = [];
const log = { warn: (_: object, message: string) => void warnings.push(message) } as never;

beforeEach(async () => {
  received = [];
  warnings.length = 0;
  respond = (_, response) => void response.writeHead(201).end();
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { authorization } = request.headers;
      received.push({ event: JSON.parse(body) as LineageEvent, authorization, path: request.url });
      respond(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const ports = (waits: number[] = [1, 1]) => ({
  store: noStore,
  lineage: createLineage({ url: url(), apiKey: 'k' }, settings, log, waits),
});

test('posts events to the endpoint of the collector, with its key', async () => {
  await reportLineage(ports(), { type: 'START', run: run('r1') }, new Date());
  expect(received).toMatchObject([
    { event: { eventType: 'START', run: { runId: 'r1' } }, authorization: 'Bearer k', path: '/api/v1/lineage' },
  ]);
});

test('retries a collector that fails, and sends the end of a run after its start', async () => {
  let failures = 2;
  respond = (_, response) => void response.writeHead(failures-- > 0 ? 503 : 201).end();
  const to = ports();
  await Promise.all([
    reportLineage(to, { type: 'START', run: run('r1') }, new Date()),
    reportLineage(to, { type: 'FAIL', run: run('r1'), failure: 'BadData: x' }, new Date()),
  ]);
  expect(received.map(({ event }) => event.eventType)).toEqual(['START', 'START', 'START', 'FAIL']);
  expect(warnings).toEqual([]);
});

test('logs an event that no attempt could send', async () => {
  respond = (_, response) => void response.writeHead(500).end();
  await reportLineage(ports(), { type: 'START', run: run('r1') }, new Date());
  expect(received).toHaveLength(3);
  expect(warnings).toEqual(['a lineage event was not sent']);
});

test('does not wait for a collector that hangs', async () => {
  respond = () => undefined;
  const to = ports();
  const started = performance.now();
  await reportLineage(to, { type: 'START', run: run('r1') }, new Date());
  await reportLineage(to, { type: 'COMPLETE', run: run('r1') }, new Date());
  // The collector would answer after ten seconds at the earliest.
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(received).toHaveLength(1);
});

test('appends events to a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'etl-lineage-'));
  try {
    const path = join(folder, 'new folder', 'events.jsonl');
    const to = { store: noStore, lineage: createLineage({ url: fileUri(path) }, settings, log) };
    await reportLineage(to, { type: 'START', run: run('r1') }, new Date());
    await reportLineage(to, { type: 'COMPLETE', run: run('r1') }, new Date());
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as LineageEvent).eventType)).toEqual(['START', 'COMPLETE']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
