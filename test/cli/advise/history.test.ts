import { layout } from '@etl/pipeline/layout';
import { type ObjectStore, StorageError } from '@etl/storage/objectStore';
import { lastDays } from '../../../cli/advise/dates';
import { histories, maxBatches } from '../../../cli/advise/history';
import { sampleManifest } from './sampleManifest';

const destination = 's3://lake/clean';

/** A store with commits, which counts the objects that are read. */
function storeWith(batches: readonly { dataset: string; batchDate: string; source: string; text?: string }[]) {
  const objects = new Map(
    batches.map(({ text, ...batch }) => [
      layout(destination, batch).commit(1),
      text ?? JSON.stringify(sampleManifest(batch, {})),
    ]),
  );
  const reads: string[] = [];
  const store = {
    async *list(prefix: string) {
      for (const uri of [...objects.keys()].sort()) if (uri.startsWith(`${prefix}/`)) yield { uri };
    },
    async readSmall(uri: string) {
      reads.push(uri);
      const text = objects.get(uri);
      if (text === 'denied') throw new StorageError('AccessDenied', uri, 'denied');
      return text === undefined ? undefined : Buffer.from(text);
    },
  };
  return { store: store as unknown as Pick<ObjectStore, 'list' | 'readSmall'>, reads };
}

const readAll = async (store: Pick<ObjectStore, 'list' | 'readSmall'>, dataset?: string) => {
  const found = [];
  const query = { destination, from: '2026-11-01', to: '2026-11-30', ...(dataset !== undefined && { dataset }) };
  for await (const history of histories(store, query)) found.push(history);
  return found.map(({ manifests, ...rest }) => ({ ...rest, dates: manifests.map(({ batchDate }) => batchDate) }));
};

const on = (dataset: string, ...dates: string[]) => dates.map((batchDate) => ({ dataset, batchDate, source: 's' }));

test('reads the commits of each dataset within the dates', async () => {
  const { store } = storeWith([
    ...on('altas', '2026-10-31', '2026-11-01'),
    ...on('ventas', '2026-11-02', '2026-11-30', '2026-12-01'),
  ]);
  expect(await readAll(store)).toEqual([
    { dataset: 'altas', dates: ['2026-11-01'], left: 0, unreadable: 0 },
    { dataset: 'ventas', dates: ['2026-11-02', '2026-11-30'], left: 0, unreadable: 0 },
  ]);
  expect((await readAll(store, 'altas')).map(({ dataset }) => dataset)).toEqual(['altas']);
});

test('reads at most the latest 200 batches of a dataset', async () => {
  const batches = Array.from({ length: maxBatches + 5 }, (_, index) => ({
    dataset: 'ventas',
    batchDate: index < 5 ? '2026-11-01' : '2026-11-02',
    source: `s${String(index).padStart(4, '0')}`,
  }));
  const { store, reads } = storeWith(batches);
  const [history] = await readAll(store);
  expect(history).toMatchObject({ left: 5, unreadable: 0 });
  expect(new Set(history?.dates)).toEqual(new Set(['2026-11-02']));
  expect(reads).toHaveLength(maxBatches);
});

test('counts an unreadable commit and continues', async () => {
  const [first] = on('ventas', '2026-11-03');
  const broken = { dataset: 'ventas', batchDate: '2026-11-02', source: 's', text: 'no json' };
  const { store } = storeWith([broken, ...(first ? [first] : [])]);
  expect(await readAll(store)).toEqual([{ dataset: 'ventas', dates: ['2026-11-03'], left: 0, unreadable: 1 }]);
});

test('passes on that access is denied', async () => {
  const { store } = storeWith([{ dataset: 'ventas', batchDate: '2026-11-02', source: 's', text: 'denied' }]);
  await expect(readAll(store)).rejects.toThrow('denied');
});

test('the last days include today, in UTC', () => {
  const now = Date.parse('2026-03-01T00:30:00Z');
  expect(lastDays(1, now)).toEqual({ from: '2026-03-01', to: '2026-03-01' });
  expect(lastDays(30, now)).toEqual({ from: '2026-01-31', to: '2026-03-01' });
});
