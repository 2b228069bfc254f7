import { gzipSync } from 'node:zlib';
import { headBytes, longHeadBytes } from '@etl/pipeline/csv/inspectHead';
import { layout } from '@etl/pipeline/layout';
import { optionsHash } from '@etl/pipeline/options';
import { commit } from '@etl/storage/commit';
import { manifestText } from '@etl/storage/commitLog';
import { StorageError, type StorageErrorCode } from '@etl/storage/objectStore';
import { validateInput } from '../../activities/validateInput';
import { prepare } from '../storage/support/batches';
import { MemoryStore } from '../support/fakePorts';

const settings = { rawBase: 's3://raw', cleanBase: 's3://clean', timeScale: 1, pollSeconds: 5 };
const uri = 's3://raw/ventas/ventas_2026_02.csv';

const validate = async (content: string | Buffer | undefined, detail: object = {}, store = new MemoryStore()) => {
  if (content !== undefined) store.objects.set(uri, Buffer.from(content));
  const event = { detail: { s3Key: 'ventas/ventas_2026_02.csv', batchDate: '2026-02-08', ...detail } };
  return validateInput(store, settings, event);
};
const reasonsOf = async (...args: Parameters<typeof validate>): Promise<string> => {
  const validation = await validate(...args);
  if (validation.valid) throw new Error('this was found valid');
  return validation.reasons.join('\n');
};

describe('validateInput', () => {
  test('returns a plan with everything resolved', async () => {
    expect(await validate('a,b\n1,2\n')).toMatchObject({
      valid: true,
      plan: {
        batch: { dataset: 'ventas', batchDate: '2026-02-08', source: 'ventas_2026_02' },
        source: { uri, bytes: 8, fingerprint: 'f8' },
        destination: 's3://clean',
        warnings: [],
      },
    });
  });

  describe('for a batch that has a commit', () => {
    const batch = { dataset: 'ventas', batchDate: '2026-02-08', source: 'ventas_2026_02' };
    const place = layout('s3://clean', batch);
    const committed = async (source: object = {}, projected = true) => {
      const store = new MemoryStore();
      store.objects.set(uri, Buffer.from('a,b\n1,2\n'));
      const prepared = await prepare(store, place, { name: 'before', startedAt: 1, parts: 1 });
      const manifest = { ...prepared, optionsHash: optionsHash({}, 500_000) };
      const planned = { ...manifest, source: { uri, bytes: 8, fingerprint: 'f8', ...source } };
      const { manifest: mine } = await commit(store, place, planned);
      if (projected) {
        for (const { location, file } of mine.parts)
          await store.copy(place.part(location), `${place.published}/${file}`);
        await store.write(`${place.published}/_manifest.json`, manifestText(mine));
        await store.write(`${place.published}/_SUCCESS`, '');
      }
      return store;
    };
    const answer = async (store: MemoryStore, detail: object = {}) => validate(undefined, detail, store);

    test('recognises the same source and options as delivered', async () => {
      expect(await answer(await committed())).toMatchObject({ valid: true, delivered: true });
    });

    test.each<[string, object, boolean, object]>([
      ['the file has changed', { fingerprint: 'f9' }, true, {}],
      ['the options have changed', {}, true, { chunkRows: 7 }],
      ['readers do not see all of it', {}, false, {}],
      ['the event requests a launch', {}, true, { force: true }],
    ])('does not report a delivery when %s', async (_why, source, projected, detail) => {
      expect(await answer(await committed(source, projected), detail)).toMatchObject({ valid: true, delivered: false });
    });

    test('refuses to replace the data of another file unless the event names it', async () => {
      const store = await committed({ uri: 's3://raw/old/v.csv' });
      const refused = answer(store);
      await expect(refused).rejects.toThrow(
        /delivered from s3:\/\/raw\/old\/v\.csv, and s3:\/\/raw\/ventas\/ventas_2026_02/,
      );
      await expect(refused).rejects.toMatchObject({ name: 'SourceConflict' });
      const detail = { replaces: 's3://raw/old/v.csv' };
      expect(await answer(store, detail)).toMatchObject({ valid: true, delivered: false, plan: detail });
    });
  });

  test('reads only the head of a large file', async () => {
    const store = new MemoryStore();
    await validate(`a,b\n${'1,2\n'.repeat(1_000_000)}`, {}, store);
    expect(store.ranges).toEqual([`0-${headBytes}`]);
  });

  test.each<[string, string | Buffer | undefined, RegExp]>([
    ['a missing file', undefined, /the object does not exist/],
    ['an empty file', '', /the file is empty/],
    ['blank lines only', '\n\n\n', /the file is empty/],
    ['a header without names', ',,\n1,2,3\n', /no column names/],
    ['a header of numbers', '1,2,3\n4,5,6\n', /add a header/],
    ['rows of different widths', 'a,b\n1\n2\n3,4\n', /2 of the first 3 rows.*row 1 has 1/],
    ['an unclosed quote', 'a,b\n"x,1\n', /[Qq]uote/],
    ['binary data', Buffer.from([0x50, 0x41, 0x52, 0x31, 0, 0]), /Parquet/],
    [
      'damaged Zstandard',
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xff, 0xff]),
      /has a zstd header, but cannot be decompressed: it ends in the middle of a frame/,
    ],
    [
      'Zstandard with a large window',
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 18 << 3, 0x09, 0, 0, 0x61]),
      /cannot be decompressed: the frame needs a window of more than 128 MiB/,
    ],
    ['damaged gzip', Buffer.from([0x1f, 0x8b, 0xff, 0xff]), /cannot be decompressed/],
    ['more columns than a table can have', `${','.repeat(10_000)}\n`, /10001 columns, more than the limit of 10000/],
    [
      'a header of 3.5 million columns',
      `${','.repeat(3_500_000)}\n1\n`,
      /3500001 columns, more than the limit of 10000/,
    ],
    ['damaged gzip', Buffer.from([0x1f, 0x8b, 0xff, 0xff]), /cannot be decompressed/],
    ['more columns than a table allows', `${','.repeat(10_000)}\n`, /10001 columns, more than the limit of 10000/],
    [
      'a header of 3.5 million columns',
      `${','.repeat(3_500_000)}\n1\n`,
      /3500001 columns, more than the limit of 10000/,
    ],
    ['a stray byte in UTF-8', Buffer.from('a\n\xc3\xa1\n\xc3\xa9\n\xe1\n', 'latin1'), /not UTF-8.*row 3/],
    ['UTF-16 with half a character', Buffer.from('\ufeffa,b\n1,\ud800\n', 'utf16le'), /bytes that are not utf-16le/],
    ['an endless line', `a,${'b'.repeat(longHeadBytes)}`, /first line does not end/],
  ])('refuses %s', async (_what, content, words) => {
    const reasons = await reasonsOf(content);
    expect(reasons).toMatch(words);
    expect(reasons).toContain(uri);
  });

  test('returns the reasons of the event without reading the store', async () => {
    const store = new MemoryStore();
    const validation = await validate('a\n1\n', { batchDate: '2026-02-30', chunkrows: 5 }, store);
    expect(validation).toMatchObject({ valid: false, batch: { dataset: 'ventas', source: 'ventas_2026_02' } });
    expect(await reasonsOf('a\n', { batchDate: '2026-02-30', chunkrows: 5 })).toMatch(/2026-02-30[\s\S]*chunkrows/);
    expect(store.ranges).toEqual([]);
  });

  test('refuses a file whose folder has the name of the folder of commits', async () => {
    const store = new MemoryStore();
    store.objects.set('s3://raw/etl-commits/dia.csv', Buffer.from('a\n1\n'));
    const reasons = await reasonsOf(undefined, { s3Key: 'etl-commits/dia.csv' }, store);
    expect(reasons).toContain('detail.dataset: etl-commits is the name of the folder of commits');
  });

  test('returns several reasons of one file at once', async () => {
    expect((await reasonsOf('1,2\n3\n4\n')).split('\n')).toHaveLength(2);
  });

  test('reports repairs as warnings', async () => {
    const validation = await validate('a,a,\n1,2,3\n');
    expect(validation).toMatchObject({
      valid: true,
      plan: { warnings: [expect.stringContaining('a_2'), expect.stringContaining('column_3')] },
    });
  });

  test.each([
    ['gzip', gzipSync('a;b\n1;2\n')],
    ['UTF-16', Buffer.from('\ufeffa;b\n1;2\n', 'utf16le')],
  ])('accepts %s', async (_what, content) => {
    expect(await validate(content)).toMatchObject({ valid: true });
  });

  test('leaves rejects to a gate of level hold, unless a tenth of the rows has another width', async () => {
    const rejects = { maxShare: 0.01, level: 'hold' };
    const content = `a,b\n1\n${'3,4\n'.repeat(19)}`;
    expect(await validate(content, { rejects: { maxShare: 0.01 } })).toMatchObject({ valid: false });
    expect(await validate(content, { rejects })).toMatchObject({ valid: true });
    expect(await validate('a,b\n1\n3,4\n', { rejects })).toMatchObject({ valid: false });
  });

  test('uses the declared limit of rejects', async () => {
    expect(await validate('a,b\n1\n3,4\n', { rejects: { maxShare: 0.5 } })).toMatchObject({ valid: true });
  });

  test('refuses an unsupported address, and a plain key without a raw bucket', async () => {
    expect(await reasonsOf(undefined, { s3Key: 'gs://x/y.csv' })).toContain('detail.s3Key');
    const event = { detail: { s3Key: 'x.csv', batchDate: '2026-02-08' } };
    const validation = await validateInput(new MemoryStore(), { ...settings, rawBase: undefined }, event);
    expect(validation).toMatchObject({ valid: false, reasons: [expect.stringContaining('S3_RAW_BUCKET')] });
  });

  test('a missing bucket is invalid input; denied access and an unavailable service are errors', async () => {
    const failing = (code: StorageErrorCode) => {
      const store = new MemoryStore();
      store.head = async () => {
        throw new StorageError(code, uri, 'no');
      };
      return store;
    };
    expect(await validate(undefined, {}, failing('NoSuchBucket'))).toMatchObject({ valid: false });
    for (const code of ['AccessDenied', 'Misconfigured', 'Unavailable'] as const) {
      await expect(validate(undefined, {}, failing(code))).rejects.toMatchObject({ code });
    }
  });
});
