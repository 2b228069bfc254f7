import { existsSync } from 'node:fs';
import { readdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fileUri } from '@etl/lib/fileUri';
import { columnIds } from '@etl/pipeline/columns/columnIds';
import { Bench } from '../support/container';
import { zstdFrame } from '../support/zstd';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.create();
});
afterEach(() => bench.remove());

const sales = `ID Venta,Fecha Venta,Código Postal,Cantidad,Total,Notas
1,08/02/2026,00123,3,10.50,"hola, mundo"
2,13/02/2026,00124,NA,11.25,"línea
dos"
,,,,,

3,pendiente,00125,5,12,"dice ""sí"""
4,2026-02-01,00126,6,13.1,
`;

describe('ordinary files', () => {
  test('converts types, names, dates, nulls and quotes', async () => {
    const { manifest, rows } = await bench.convert(sales);
    expect(rows).toEqual([
      {
        id_venta: 1n,
        fecha_venta: new Date('2026-02-08'),
        código_postal: '00123',
        cantidad: 3n,
        total: 10.5,
        notas: 'hola, mundo',
      },
      {
        id_venta: 2n,
        fecha_venta: new Date('2026-02-13'),
        código_postal: '00124',
        cantidad: null,
        total: 11.25,
        notas: 'línea\ndos',
      },
      { id_venta: 3n, fecha_venta: null, código_postal: '00125', cantidad: 5n, total: 12, notas: 'dice "sí"' },
      {
        id_venta: 4n,
        fecha_venta: new Date('2026-02-01'),
        código_postal: '00126',
        cantidad: 6n,
        total: 13.1,
        notas: null,
      },
    ]);
    expect(manifest.totals).toEqual({ rowsRead: 6, rowsWritten: 4, rowsBlank: 2, rowsRejected: 0, datesCoerced: 1 });
    expect(manifest.warnings).toEqual(['fecha_venta: 1 value is not a date and became null in line 7']);
    expect(manifest.schema[0]).toMatchObject({ name: 'id_venta', type: 'integer', sourceName: 'ID Venta' });
    expect(manifest.schema.at(-1)).toMatchObject({ name: 'notas', type: 'text', maxBytes: 11 });
    expect(manifest.schema.map(({ id }) => id)).toEqual(columnIds(manifest.schema.map(({ name }) => name)));
    expect((await readdir(bench.published)).sort()).toEqual(['_SUCCESS', '_manifest.json', 'part-00001.parquet']);
    const published = { ...manifest, coercedExamples: { fecha_venta: ['pendiente'] } };
    expect(JSON.parse(await readFile(join(bench.published, '_manifest.json'), 'utf8'))).toEqual(published);
  });

  test.each<[string, Buffer]>([
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeffaño;n\ncamión;1\n`)],
    ['UTF-16 LE', Buffer.from('\ufeffaño;n\ncamión;1\n', 'utf16le')],
    ['Windows-1252', Buffer.from('año;n\ncamión;1\n', 'latin1')],
    ['gzip', gzipSync('año;n\ncamión;1\n')],
    ['gzip of two members', Buffer.concat([gzipSync('año;n\ncami'), gzipSync('ón;1\n')])],
    ['Zstandard', zstdFrame(Buffer.from('año;n\ncamión;1\n'))],
    ['CRLF', Buffer.from('año;n\r\ncamión;1\r\n')],
    ['CRLF in the header only', Buffer.from('año;n\r\ncamión;1\n')],
    ['CR alone', Buffer.from('año;n\rcamión;1\r')],
    ['no trailing line end', Buffer.from('año;n\ncamión;1')],
    ['tab', Buffer.from('año\tn\ncamión\t1\n')],
  ])('%s', async (_what, content) => {
    const { rows } = await bench.convert(content);
    expect(rows).toEqual([{ año: 'camión', n: 1n }]);
  });

  test('reads decimal commas with another delimiter', async () => {
    const { rows } = await bench.convert('a;b\n1,5;1\n2,25;2\n');
    expect(rows).toEqual([
      { a: 1.5, b: 1n },
      { a: 2.25, b: 2n },
    ]);
  });

  test('converts a thousand columns in bounded memory', async () => {
    const names = Array.from({ length: 1000 }, (_, n) => `c${n}`);
    const rows = Array.from({ length: 20 }, (_, row) => names.map((_name, n) => (n % 2 ? row : `t${row}`)).join(','));
    const path = await bench.file('in.csv', `${names.join(',')}\n${rows.join('\n')}\n`);
    // Its own process, whose memory is measured.
    const { last } = await bench.start(bench.environment(path)).ended;
    expect((await bench.rows())[19]).toMatchObject({ c0: 't19', c999: 19n });
    expect(last.manifest?.resources.peakMemoryMiB).toBeLessThan(1000);
  });

  test('repairs column names with a warning', async () => {
    const { rows, manifest } = await bench.convert('a,A ,,a\n1,2,3,4\n');
    expect(rows).toEqual([{ a: 1n, a_2: 2n, column_3: 3n, a_3: 4n }]);
    expect(manifest.warnings).toHaveLength(3);
  });
});

test('reads mixed line ends and keeps CRLF inside quotes', async () => {
  const { rows } = await bench.convert('a,b\r\n1,x\n2,"y\r\nz"\r\n3,w\r\n\r\n4,v');
  expect(rows.map((row) => row.b)).toEqual(['x', 'y\r\nz', 'w', 'v']);
});

describe('rejects', () => {
  const ragged = `a,b\n1,x\n2\n\n3,y,z\n4,w\n`;

  test('writes rows of another width next to the commit with position and reason', async () => {
    const { manifest, rows } = await bench.convert(ragged, {}, { rejects: { maxShare: 0.5 } });
    expect(rows.map((row) => row.a)).toEqual([1n, 4n]);
    expect(manifest.totals).toMatchObject({ rowsRead: 5, rowsWritten: 2, rowsBlank: 1, rowsRejected: 2 });
    expect(await bench.rejects(manifest)).toEqual([
      { line: 3, row: 2, byteOffset: 8, column: 'b', reason: 'too few fields', raw: '2' },
      { line: 5, row: 4, byteOffset: 11, column: null, reason: 'too many fields', raw: '3,y,z' },
    ]);
  });

  test('fails above the allowed share with every reason counted, and publishes nothing', async () => {
    const rows = Array.from({ length: 300 }, (_, n) => (n % 50 === 7 ? `${n}` : `${n},x`));
    const run = await bench.run(
      await bench.file('in.csv', `a,b\n${rows.join('\n')}\n`),
      {},
      { rejects: { maxShare: 0.01 } },
    );
    expect(run.exitCode).toBe(65);
    expect(run.stderr).toMatch(/6 of (the first )?300 rows/);
    expect(existsSync(bench.published)).toBe(false);
    expect(existsSync(join(bench.internal, 'commits'))).toBe(false);
  });

  test('rejects rows that contradict a declared type', async () => {
    const csv = 'a,b\n1,2026-02-08\nx,2026-02-09\n3,soon\n04,\n';
    const { manifest, rows } = await bench.convert(
      csv,
      { CHUNK_ROWS: '2' },
      {
        columns: { a: 'integer', b: 'date' },
        rejects: { maxShare: 0.5 },
      },
    );
    expect(rows).toEqual([
      { a: 1n, b: new Date('2026-02-08') },
      { a: 4n, b: null },
    ]);
    const rejects = await bench.rejects(manifest);
    expect(rejects.map(({ row, column, reason }) => [row, column, reason])).toEqual([
      [2, 'a', '"x" is not of type integer'],
      [3, 'b', '"soon" is not of type date'],
    ]);
  });
});

describe('failures', () => {
  test.each<[string, string | Buffer, number, RegExp]>([
    ['an empty file', '', 65, /empty/],
    ['a header only', 'a,b\n', 65, /0 rows to write/],
    ['blank rows only', 'a,b\n,\n\n,\n', 65, /0 rows to write/],
    ['an unclosed quote', 'a,b\n1,x\n2,"y\n3,z\n', 65, /[Qq]uote/],
    ['an Excel workbook', Buffer.from([0x50, 0x4b, 3, 4, 5, 6]), 65, /Excel/],
    ['a carriage return inside a row', 'a,b\n1,x\ry\n2,z\n', 65, /carriage return/],
    ['NUL bytes', Buffer.from('a,b\n1,\0\0\0\n2,3\n'), 65, /NUL/],
    [
      'damaged gzip',
      Buffer.concat([gzipSync('a,b\n1,2\n').subarray(0, 20), Buffer.from('xxxxxxxxxxxxxxxx')]),
      65,
      /gzip/,
    ],
  ])('%s', async (_what, content, exitCode, words) => {
    const run = await bench.run(await bench.file('in.csv', content));
    expect(run.stderr).toMatch(words);
    expect(run.exitCode).toBe(exitCode);
    expect(run.stderr.trim().split('\n')).toHaveLength(2);
    expect(existsSync(bench.published)).toBe(false);
  });

  test('publishes zero rows if the options allow them', async () => {
    const { manifest } = await bench.convert('a,b\n', {}, { quality: { rowCount: { min: 0 } } });
    expect(manifest.parts).toEqual([]);
    expect(await readdir(bench.published)).toContain('_SUCCESS');
  });

  test('fails for a missing file, invalid variables and an impossible destination', async () => {
    expect((await bench.run(join(bench.folder, 'none.csv'))).exitCode).toBe(66);
    const bad = await bench.run('x', {
      INPUT_FILE: 'x',
      BATCH_DATE: '2026-02-30',
      CHUNK_ROWS: '0',
      OPTIONS: '{"a":1}',
    });
    expect(bad.exitCode).toBe(78);
    for (const name of ['INPUT_FILE', 'BATCH_DATE', 'CHUNK_ROWS', 'OPTIONS.a']) expect(bad.stderr).toContain(name);
    const path = await bench.file('in.csv', sales);
    const nowhere = await bench.run(path, { OUTPUT_PREFIX: `file://${path}/below` });
    expect([66, 74, 78]).toContain(nowhere.exitCode);
    expect((await bench.run(path, { MODE: 'publish' })).exitCode).toBe(78);
  });

  test('reads options from a URI, which must exist', async () => {
    const path = await bench.file('options.json', JSON.stringify({ columns: { a: 'text' } }));
    const { rows } = await bench.convert('a,b\n1,2\n', { OPTIONS: fileUri(path) });
    expect(rows).toEqual([{ a: '1', b: 2n }]);
    const nowhere = fileUri(join(bench.folder, 'none.json'));
    const run = await bench.run(await bench.file('in.csv', 'a,b\n1,2\n'), { OPTIONS: nowhere });
    expect(run.exitCode).toBe(78);
    expect(run.stdout).toContain(`OPTIONS: the object ${nowhere} does not exist`);
  });

  test('fails if a declared column is missing', async () => {
    const run = await bench.run(await bench.file('in.csv', sales), {}, { columns: { importe: 'double' } });
    expect(run.exitCode).toBe(78);
    expect(run.stderr).toContain('importe');
  });
});

describe('launched again, stopped, timed out', () => {
  test('repairs a broken publication of the same source and options without converting again', async () => {
    const path = await bench.file('in.csv', sales);
    await bench.run(path);
    await rm(join(bench.published, '_SUCCESS'));
    const again = await bench.run(path);
    expect(again).toMatchObject({ exitCode: 0, last: { event: 'finished', status: 'already' } });
    expect(existsSync(join(bench.published, '_SUCCESS'))).toBe(true);
    expect(await readdir(join(bench.internal, 'commits'))).toEqual(['000001.json']);
  });

  test('a corrected file replaces its batch; an older run that finishes later publishes nothing', async () => {
    const path = await bench.file('in.csv', sales);
    await bench.run(path);
    await bench.file('in.csv', 'a\n1\n');
    expect((await bench.run(path)).last.status).toBe('committed');
    await bench.file('in.csv', 'a\n2\n');
    const late = await bench.run(path, { RUN_STARTED_AT: '2020-01-01T00:00:00Z' });
    expect(late).toMatchObject({ exitCode: 0, last: { status: 'superseded' } });
    expect(await bench.rows()).toEqual([{ a: 1n }]);
  });

  const large = (): string => `a,b\n${Array.from({ length: 400_000 }, (_, n) => `${n},text ${n}`).join('\n')}\n`;

  test('exits with 143 soon after SIGTERM, with a checkpoint, without publishing and without scratch files', async () => {
    const { child, ended } = bench.start(
      bench.environment(await bench.file('in.csv', large()), { CHUNK_ROWS: '2000' }),
    );
    const work = join(bench.internal, 'work');
    for (;;) {
      const [folder] = existsSync(work) ? await readdir(work) : [];
      if (folder && existsSync(join(work, folder, 'checkpoint.json'))) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill('SIGTERM');
    const before = Date.now();
    expect((await ended).exitCode).toBe(143);
    expect(Date.now() - before).toBeLessThan(10_000);
    expect(existsSync(bench.published)).toBe(false);
    expect((await readdir(bench.folder)).sort()).toEqual(['in.csv', 'lake']);
  });

  test('removes the scratch folder of a killed launch, and keeps that of a running one', async () => {
    const scratchFolders = async () => (await readdir(bench.folder)).filter((name) => name.startsWith('etl-scratch-'));
    const launchLarge = async (name: string) => {
      const env = bench.environment(await bench.file(`${name}.csv`, large()), { CHUNK_ROWS: '100', SOURCE: name });
      const before = await scratchFolders();
      const { child, ended } = bench.start(env);
      for (;;) {
        const [scratch] = (await scratchFolders()).filter((folder) => !before.includes(folder));
        if (scratch !== undefined) return { child, ended, scratch };
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const killed = await launchLarge('killed');
    killed.child.kill('SIGKILL');
    await killed.ended;
    expect(await scratchFolders()).toEqual([killed.scratch]);
    const alive = await launchLarge('alive');
    alive.child.kill('SIGSTOP');
    expect((await bench.run(await bench.file('in.csv', 'a\n1\n'))).exitCode).toBe(0);
    expect(await scratchFolders()).toEqual([alive.scratch]);
    alive.child.kill('SIGCONT');
    alive.child.kill('SIGTERM');
    expect((await alive.ended).exitCode).toBe(143);
  });

  test('shuts down in order when the reader of its log exits', async () => {
    const { child, ended } = bench.start(
      bench.environment(await bench.file('in.csv', large()), { CHUNK_ROWS: '2000' }),
    );
    child.stdout?.destroy();
    expect((await ended).exitCode).toBe(143);
    expect((await readdir(bench.folder)).sort()).toEqual(['in.csv', 'lake']);
  });

  test('exits with 78 and names the folder if the scratch folder is not writable', async () => {
    const none = join(bench.folder, 'none');
    const run = await bench.run(await bench.file('in.csv', 'a\n1\n'), { SCRATCH_DIR: none });
    expect(run.exitCode).toBe(78);
    expect(run.stderr).toContain(`cannot create a scratch folder in ${none}`);
  });

  test('ignores files of other users in the temporary folder', async () => {
    const other = await bench.file('other', 'not ours');
    await symlink(other, join(bench.folder, 'etl-pulse'));
    await symlink(other, join(bench.folder, 'etl-scratch-link'));
    const run = await bench.run(await bench.file('in.csv', 'a\n1\n'), { TMPDIR: bench.folder });
    expect(run.exitCode).toBe(0);
    const bad = await bench.run(join(bench.folder, 'none.csv'), { TMPDIR: bench.folder });
    expect(bad.exitCode).toBe(66);
    expect(await readFile(other, 'utf8')).toBe('not ours');
  });

  test('exits with 75 after TIMEOUT_SECONDS', async () => {
    const env = bench.environment(await bench.file('in.csv', large()), { CHUNK_ROWS: '100', TIMEOUT_SECONDS: '1' });
    expect((await bench.start(env).ended).exitCode).toBe(75);
    expect(existsSync(bench.published)).toBe(false);
  });
});
