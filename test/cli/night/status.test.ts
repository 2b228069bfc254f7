import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import { addDays } from '@etl/lib/timeZones';
import { latenessRecords, layout } from '@etl/pipeline/layout';
import { command, type Ended, root } from '../../support/processes';

/** The command as a process, in a folder with two datasets, without a local system. */
const folder = mkdtempSync(join(tmpdir(), 'etl-night-'));
const lake = join(folder, 'lake');
const yesterday = addDays(new Date().toISOString().slice(0, 10), -1);

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

let server: Server;
const sockets: Socket[] = [];
let address: string;

beforeAll(async () => {
  for (const name of ['ventas', 'stock'])
    write(
      join(folder, 'datasets', `${name}.yaml`),
      `source: { pattern: "file:///in/${name}.csv" }\nschedule: { at: "00:00" }\n`,
    );
  const manifest = { version: 1, source: { uri: 'file:///in/ventas.csv' }, totals: { rowsWritten: 7 }, parts: [] };
  const place = layout(fileUri(lake), { dataset: 'ventas', batchDate: yesterday, source: 's' });
  write(new URL(place.commit(1)).pathname, JSON.stringify(manifest));
  // Accepts connections, and never answers.
  server = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const status = (...args: string[]): Promise<Ended> => statusWith({}, ...args);

const statusWith = (env: NodeJS.ProcessEnv, ...args: string[]): Promise<Ended> =>
  command(
    process.execPath,
    [join(root, 'cli', 'etl.js'), 'status', ...args],
    {
      TEMPORAL_ADDRESS: address,
      ETL_STATE_DIR: '',
      XDG_STATE_HOME: join(folder, 'registry'),
      S3_CLEAN_BUCKET: fileUri(lake),
      ...env,
    },
    folder,
  );

test('reports a server that does not answer, and shows what the commit log knows', async () => {
  const ended = await status('--date', yesterday, '--json');
  expect(ended).toMatchObject({ exitCode: 69, stderr: '' });
  expect(JSON.parse(ended.stdout)).toMatchObject({
    night: {
      server: { address, answers: false, problem: expect.stringContaining(`Temporal at ${address}`) },
      batches: [
        { dataset: 'stock', state: 'unknown' },
        { dataset: 'ventas', state: 'delivered', files: 1, rows: 7 },
      ],
    },
    systems: [],
    killed: [],
  });
}, 30_000);

test('reports declarations that cannot be read in time', async () => {
  const aws = { AWS_ENDPOINT_URL: `http://${address}`, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const ended = await statusWith({ ...aws, AWS_REGION: 'us-east-1', ETL_DATASETS: 's3://bucket/datasets' });
  expect(ended).toMatchObject({ exitCode: 69, stderr: '' });
  expect(ended.stdout).toMatch(
    /^the declared datasets could not be read: no answer within 4 s\nCheck that the folder of /,
  );
  expect(ended.stdout).toMatch(/^No local system is running/m);
}, 30_000);

test('says that the check for late batches has stopped; colours nothing', async () => {
  const check = { at: `${yesterday}T00:00:00.000Z`, everyMinutes: 15, batches: 1, sent: 0, unread: [] };
  write(new URL(latenessRecords(fileUri(lake)).lastCheck).pathname, JSON.stringify(check));
  const { stdout } = await status('--dataset', 'ventas');
  expect(stdout).toContain(`Lateness: NO CHECK since ${yesterday} 00:00 UTC`);
  expect(stdout).toMatch(/^No local system is running/m);
  expect(stdout).not.toContain('\x1b');
}, 30_000);

test('rejects a date that does not exist', async () => {
  expect(await status('--date', '2026-02-30')).toMatchObject({ exitCode: 64 });
});
