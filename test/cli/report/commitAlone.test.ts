import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import { joinUri } from '@etl/lib/uri';
import { Datasets } from '@etl/pipeline/dataset/datasets';
import { type Batch, layout } from '@etl/pipeline/layout';
import { listPrices } from '@etl/pipeline/prices/table';
import { createFileStore } from '@etl/storage/fileStore';
import { publish } from '@etl/storage/publish';
import { destinationOf } from '../../../cli/report/commit';
import { readNightReport } from '../../../cli/report/night';
import { type ReportSources, readRunReport } from '../../../cli/report/run';
import { nightPage } from '../../../report/night/page';
import { runPage } from '../../../report/run/page';
import { prepare } from '../../storage/support/batches';
import { memoryFolder } from '../../support/memoryFolder';

const folder = mkdtempSync(join(memoryFolder(), 'etl-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const lake = fileUri(folder);
const store = createFileStore();

/** Sources without a server. */
const sources: ReportSources = {
  client: { unavailable: 'connection refused' },
  store,
  datasets: new Datasets([], [], undefined),
  cleanBase: lake,
  prices: listPrices,
  links: { namespace: 'default', isAws: true },
  command: (...args) => args.join(' '),
  now: Date.parse('2026-02-09T12:00:00Z'),
};

async function deliver(batch: Batch, name: string, changes: object = {}): Promise<void> {
  const place = layout(lake, batch);
  const manifest = await prepare(store, place, { name, startedAt: 0, parts: 2 });
  const { dataset, batchDate } = batch;
  await publish(store, place, { ...manifest, dataset, batchDate, ...changes });
}

const batch = { dataset: 'ventas', batchDate: '2026-02-08', source: 'ventas' };

beforeAll(async () => {
  await deliver({ ...batch, batchDate: '2026-02-07' }, 'before', {
    schema: [{ name: 'id', type: 'text', sourceName: 'id' }],
  });
  await deliver({ ...batch, source: 'other' }, 'other');
  const rejects = 'commit-rejects/rejects-00001.jsonl';
  const row = { line: 3, row: 2, byteOffset: 9, column: 'id', reason: 'too few <fields>', raw: '<script>x</script>' };
  const place = layout(lake, batch);
  await store.write(
    joinUri(place.internal, rejects),
    `${JSON.stringify(row)}\nnot JSON\n${JSON.stringify({ line: -1 })}\n{"li`,
  );
  await deliver(batch, 'delivered', { rejects: [rejects], rejected: { 'too few <fields>': 1 } });
  await store.write(
    joinUri(place.sink('glue'), 'status.json'),
    JSON.stringify({ type: 'glue', applied: 1, detail: 'table', at: '2026-02-09T03:00:00Z' }),
  );
  await store.write(
    joinUri(place.sink('redshift'), 'status.json'),
    JSON.stringify({ type: 'redshift', at: '2026-02-09T03:00:00Z', failed: { commit: 1, reason: 'no such table' } }),
  );
});

test.each(['ventas/2026-02-08/ventas', 'ventas 2026-02-08 ventas', 'etl/ventas/2026-02-08/ventas'])(
  'a run of which only the commit is left is found by %s',
  async (text) => {
    const report = await readRunReport(sources, text);
    expect(report.view).toMatchObject({ outcome: 'delivered', runId: 'delivered', rows: { written: 2 } });
    expect(report.commit).toMatchObject({ number: 1, isOwn: true });
    expect(report.previous).toMatchObject({ batchDate: '2026-02-07', source: 'ventas', rowsWritten: 2 });
    expect(report.rejects?.rows).toEqual([
      { line: 3, column: 'id', reason: 'too few <fields>', raw: '<script>x</script>' },
    ]);
    expect(report.sinks).toEqual([
      { sink: 'glue', state: 'applied', detail: 'table', at: '2026-02-09T03:00:00Z' },
      { sink: 'redshift', state: 'failed', detail: 'no such table', at: '2026-02-09T03:00:00Z' },
    ]);
    expect(report.notes[0]).toMatch(/^Temporal did not answer: connection refused: this page shows/);
    const page = String(runPage(report));
    expect(page).toContain('was text');
    expect(page).not.toContain('<script');
  },
);

test('a batch without a commit, and a text that names no batch, are errors with a remedy', async () => {
  const failure = { exitCode: 66, remedy: expect.stringContaining('dataset/date/source') };
  await expect(readRunReport(sources, 'ventas/2026-02-08/none')).rejects.toMatchObject(failure);
  await expect(readRunReport(sources, 'nightly')).rejects.toMatchObject(failure);
  await expect(readRunReport(sources, 'ventas/2026-02-31/ventas')).rejects.toMatchObject(failure);
});

test('what cannot be read is a note, and the page shows the rest', async () => {
  const broken = { ...store, openRead: () => Promise.reject(new Error('access denied')) };
  const report = await readRunReport({ ...sources, store: broken }, 'ventas/2026-02-08/ventas');
  expect(report.notes).toContainEqual('Cannot read the rejected rows: Error: access denied');
  expect(report.sinks).toHaveLength(2);
});

test('a night without a server shows the commits, and which datasets it cannot know', async () => {
  const night = await readNightReport(sources, { date: '2026-02-08', dataset: 'ventas' });
  const ofDay = (date: string) => night.cells.find(({ day }) => day === date)?.cell;
  expect(night.cells).toHaveLength(30);
  expect(ofDay('2026-02-08')).toMatchObject({ state: 'delivered', files: 2, rows: 4 });
  expect(ofDay('2026-02-07')).toMatchObject({ state: 'delivered', files: 1, rows: 2 });
  expect(ofDay('2026-02-06')).toMatchObject({ state: 'notDue' });
  expect(night.notes).toEqual(['Temporal did not answer: connection refused: runs, costs and durations are missing.']);
  expect(String(nightPage(night))).toContain('ventas: delivered');
});

test('the destination of a published batch is its URI without dataset, date and source', () => {
  expect(destinationOf('s3://lake/clean/ventas/batch_date=2026-02-08/source=a')).toBe('s3://lake/clean');
  expect(destinationOf('file:///lake/ventas/batch_date=2026-02-08/source=a%20b/')).toBe('file:///lake');
  expect(destinationOf('s3://lake/x')).toBeUndefined();
  expect(destinationOf('not a URI')).toBeUndefined();
});
