import { Datasets } from '@etl/pipeline/dataset/datasets';
import { type Declaration, declarationHash } from '@etl/pipeline/dataset/declaration';
import { layout } from '@etl/pipeline/layout';
import { optionsHash } from '@etl/pipeline/options';
import { classOf } from '../../activities/classified';
import { listAllFiles } from '../../activities/listFiles';
import { planBatch } from '../../activities/planBatch';
import { DeclarationError, validateInput } from '../../activities/validateInput';
import { MemoryStore } from '../support/fakePorts';

const raw = 's3://raw';
const settings = { rawBase: raw, cleanBase: 's3://clean', timeScale: 1 };

const declare = (name: string, declaration: Declaration) => ({
  ...{ name, declaration },
  hash: declarationHash(declaration),
  file: `datasets/${name}.yaml`,
});

const ventas = declare('ventas', {
  owner: { team: 'sales-data' },
  source: { pattern: 'in/ventas_{date}.csv' },
  dialect: { delimiter: ';' },
  columns: { id: 'integer' },
  destination: 's3://clean/own',
  schedule: { at: '02:30', timeZone: 'Europe/Madrid', dayOffset: -1, minFiles: 2 },
  maxConcurrent: 4,
});
const stock = declare('stock', { source: { pattern: 'in/stock_*.csv' } });
const broken = { name: 'broken', problems: ['datasets/broken.yaml:1:1: x'] };
const declared = new Datasets([ventas, stock], [], raw);
const places = { ...settings, places: { sources: [raw], destinations: ['s3://clean'] } };

describe('validation', () => {
  const validate = (key: string, detail: object = {}, datasets = declared) => {
    const store = new MemoryStore();
    store.objects.set(`${raw}/${key}`, Buffer.from('id;x\n1;2\n'));
    const event = { detail: { s3Key: key, batchDate: '2026-02-08', ...detail } };
    return validateInput(store, { ...places, datasets: async () => datasets, lineage: true }, event);
  };

  test('plans a file by the declaration of its dataset', async () => {
    expect(await validate('in/ventas_2026-02-08.csv')).toMatchObject({
      valid: true,
      plan: {
        batch: { dataset: 'ventas' },
        destination: 's3://clean/own',
        options: { dialect: { delimiter: ';' }, columns: { id: 'integer' } },
        declaration: ventas.hash,
        owner: 'sales-data',
        lineage: true,
      },
    });
  });

  test('records that a dataset is not declared', async () => {
    expect(await validate('other/a.csv')).toMatchObject({ plan: { batch: { dataset: 'other' }, declaration: '' } });
  });

  test('invalid input has the dataset and its owner', async () => {
    expect(await validate('in/ventas_2026-02-08.csv', { dialect: { encoding: 'utf-16le' } })).toMatchObject({
      valid: false,
      batch: { dataset: 'ventas', batchDate: '2026-02-08' },
      owner: 'sales-data',
      lineage: true,
    });
  });

  test('an event that cannot be read has the dataset of its file, its owner and its source', async () => {
    expect(await validate('in/ventas_2026-02-08.csv', { chunkRows: 'many' })).toMatchObject({
      valid: false,
      batch: {
        ...{ dataset: 'ventas', batchDate: '2026-02-08' },
        source: expect.stringMatching(/^ventas_2026-02-08-[0-9a-f]{12}$/),
      },
      owner: 'sales-data',
    });
    const planned = await validate('in/ventas_2026-02-08.csv');
    const unread = await validate('in/ventas_2026-02-08.csv', { chunkRows: 'many' });
    expect(unread).toMatchObject({ batch: planned.valid ? planned.plan.batch : {} });
    const named = { dataset: 'other', source: 'north', chunkRows: 'many' };
    expect(await validate('in/ventas_2026-02-08.csv', named)).toMatchObject({
      batch: { dataset: 'other', batchDate: '2026-02-08', source: 'north' },
    });
  });

  test('an event is invalid also if the declarations cannot be read', async () => {
    const datasets = () => Promise.reject(new Error('no such bucket'));
    const event = { detail: { s3Key: 'in/ventas_1.csv', batchDate: '2026-02-08', chunkRows: 'many' } };
    expect(await validateInput(new MemoryStore(), { ...places, datasets }, event)).toMatchObject({
      valid: false,
      batch: { dataset: 'in' },
    });
  });

  test('a file that a broken declaration may declare is a configuration error', async () => {
    const datasets = new Datasets([ventas], [broken], raw);
    await expect(validate('in/stock_1.csv', {}, datasets)).rejects.toThrow(DeclarationError);
    await expect(validate('in/stock_1.csv', {}, datasets)).rejects.toThrow('datasets/broken.yaml:1:1: x');
    expect(await validate('in/ventas_2026-02-08.csv', {}, datasets)).toMatchObject({ valid: true });
  });
});

describe('a batch', () => {
  const plan = async (request: object, datasets = declared) => {
    const scheduledAt = '2026-02-09T01:30:00Z';
    return planBatch(new MemoryStore(), { ...places, datasets: async () => datasets }, { request, scheduledAt });
  };

  test('of a dataset takes files, day and limits from its declaration', async () => {
    expect(await plan({ dataset: 'ventas' })).toEqual({
      valid: true,
      plan: {
        prefix: 's3://raw/in',
        rawBase: raw,
        match: 'ventas_{date}.csv',
        dataset: 'ventas',
        from: '2026-02-08',
        to: '2026-02-08',
        mode: 'missing',
        maxConcurrent: 4,
        onFailure: 'fail',
        minFiles: 2,
        detail: { dataset: 'ventas' },
        destination: 's3://clean',
        declaredDestinations: true,
        priority: 3,
      },
    });
    expect(await plan({ dataset: 'ventas', minFiles: 0, batchDate: '2026-01-01' })).toMatchObject({
      plan: { minFiles: 0, from: '2026-01-01' },
    });
  });

  test.each([
    [{ dataset: 'vent' }, 'dataset: "vent" is not declared: name one of ventas, stock, or give a prefix'],
    [{}, 'prefix: is missing: set it to the location of the files, or set dataset to a declared dataset'],
  ])('%j is invalid: %s', async (request, reason) => {
    const datasets = new Datasets([ventas, stock], [broken], raw);
    expect(await plan(request, datasets)).toEqual({ valid: false, reasons: [expect.stringContaining(reason)] });
  });

  test('the batch of a broken declaration fails as a run of one of its files does', async () => {
    const datasets = new Datasets([ventas, stock], [broken], raw);
    const error = await plan({ dataset: 'broken' }, datasets).catch((thrown: unknown) => thrown);
    expect(classOf(error)).toEqual({
      type: 'BadConfiguration',
      message: 'datasets/broken.yaml:1:1: x',
      retry: 'never',
    });
  });

  test('an explicit destination applies to all files', async () => {
    expect(await plan({ prefix: 'in', detail: { destination: 's3://clean/x' } })).toMatchObject({
      plan: { destination: 's3://clean/x' },
    });
    const found = (await plan({ prefix: 'in', detail: { destination: 's3://clean/x' } })) as { plan: object };
    expect(found.plan).not.toHaveProperty('declaredDestinations');
  });
});

describe('the listing of a batch', () => {
  const list = async (request: object, store: MemoryStore, datasets = declared) => {
    const read = async () => datasets;
    const found = await planBatch(
      store,
      { ...places, datasets: read },
      { request, scheduledAt: '2026-02-09T01:30:00Z' },
    );
    if (!found.valid) throw new Error(found.reasons.join());
    const executions = { state: async () => ({ status: 'unknown' }) as const };
    const files: string[] = [];
    for await (const { uri, batch, skip, refused } of listAllFiles({ store, executions, datasets: read }, found.plan))
      files.push([uri.slice(raw.length + 1), batch.dataset, skip ?? refused ?? 'start'].join(' '));
    return files;
  };
  const storeOf = (...keys: string[]) => {
    const store = new MemoryStore();
    for (const key of keys) store.objects.set(`${raw}/${key}`, Buffer.from('id\n1\n'));
    return store;
  };

  test('of a dataset has only the files that match its pattern', async () => {
    const store = storeOf('in/ventas_2026-02-08.csv', 'in/deep/ventas_2026-02-08.csv', 'in/stock_2026-02-08.csv');
    expect(await list({ dataset: 'ventas', batchDate: '2026-02-08' }, store)).toEqual([
      'in/ventas_2026-02-08.csv ventas start',
    ]);
  });

  test('of a prefix assigns each file to its dataset', async () => {
    const store = storeOf('in/ventas_2026-02-08.csv', 'in/stock_2026-02-08.csv', 'in/x_2026-02-08.csv');
    expect(await list({ prefix: 'in', batchDate: '2026-02-08' }, store)).toEqual([
      'in/stock_2026-02-08.csv stock start',
      'in/ventas_2026-02-08.csv ventas start',
      'in/x_2026-02-08.csv in start',
    ]);
  });

  test('skips a file that is delivered with the options of its declaration, at its destination', async () => {
    const store = storeOf('in/ventas_2026-02-08.csv');
    const uri = `${raw}/in/ventas_2026-02-08.csv`;
    const { batch } = (
      (await validateInput(
        store,
        { ...places, datasets: async () => declared },
        {
          detail: { s3Key: uri, batchDate: '2026-02-08' },
        },
      )) as { plan: { batch: { dataset: string; batchDate: string; source: string } } }
    ).plan;
    const deliver = (options: object) => {
      const source = { uri, bytes: 5, fingerprint: 'f5' };
      const manifest = { version: 1, parts: [], source, optionsHash: optionsHash(options, 500_000) };
      return store.write(layout('s3://clean/own', batch).commit(1), JSON.stringify(manifest));
    };
    await deliver({});
    expect(await list({ prefix: 'in', batchDate: '2026-02-08' }, store)).toEqual([
      'in/ventas_2026-02-08.csv ventas start',
    ]);
    await deliver({ dialect: { delimiter: ';' }, columns: { id: 'integer' } });
    expect(await list({ prefix: 'in', batchDate: '2026-02-08' }, store)).toEqual([
      'in/ventas_2026-02-08.csv ventas delivered',
    ]);
  });

  test('refuses a file that a broken declaration may declare', async () => {
    const store = storeOf('in/x_2026-02-08.csv');
    const [file] = await list({ prefix: 'in', batchDate: '2026-02-08' }, store, new Datasets([ventas], [broken], raw));
    expect(file).toContain('its dataset is not declared correctly: datasets/broken.yaml:1:1: x');
  });

  test('assigns a refused file to the dataset whose broken declaration names it', async () => {
    const named = { ...broken, name: 'returns', pattern: 'in/x_*.csv' };
    const [file] = await list(
      { prefix: 'in', batchDate: '2026-02-08' },
      storeOf('in/x_2026-02-08.csv'),
      new Datasets([ventas], [named], raw),
    );
    expect(file).toMatch(/^in\/x_2026-02-08\.csv returns .*: returns is not declared correctly: /);
  });
});
