import { Converter } from '../support/convert';
import { readSchema } from '../support/parquet';

/** Default options of the container. */
const strict = { options: {} };

let converter: Converter;
beforeAll(async () => {
  converter = await Converter.create();
});
afterAll(() => converter.remove());

describe('types', () => {
  const typeOf = async (...values: string[]): Promise<string | undefined> => {
    const { manifest } = await converter.convert(
      `x,fecha\n${values.map((value) => `${value},1`).join('\n')}\n`,
      strict,
    );
    return manifest.schema[0]?.type;
  };
  test.each<[string, string[]]>([
    ['integer', ['1', '-2', '0', 'NA', '9223372036854775807']],
    ['text', ['1', '007']],
    ['text', ['9223372036854775808', '1']],
    ['text', ['1', '+1']],
    ['double', ['1.5', '2', '-0.25', 'null']],
    ['double', ['1e-05', '1.5e+17', '2.5']],
    ['double', ['0.1234567890123456', '-122.41941550000001']],
    ['text', ['0.12345678901234567890', '1']],
    ['text', ['9007199254740993', '1.5']],
    ['text', ['1.5', 'x']],
    ['boolean', ['true', 'False', 'TRUE']],
    ['text', ['true', '1']],
    ['text', ['NA', 'null']],
    ['text', ['2026-02-08']],
  ])('%s of %j', async (type, values) => {
    expect(await typeOf(...values)).toBe(type);
  });

  test('NA is text in a text column, and null in a number column', async () => {
    const { rows } = await converter.convert('country,n\nNA,NA\nES,1\n', strict);
    expect(rows).toEqual([
      { country: 'NA', n: null },
      { country: 'ES', n: 1n },
    ]);
  });
});

describe('one schema for all parts', () => {
  test.each<[string, string[], string, unknown[]]>([
    ['integer -> double', ['1', '2', '3', '2.5'], 'double', [1, 2, 3, 2.5]],
    ['integer -> text, unchanged', ['1', '2', '3', '007'], 'text', ['1', '2', '3', '007']],
    [
      'integer -> text where a double would lose digits',
      ['9007199254740993', '2', '2.5'],
      'text',
      ['9007199254740993', '2', '2.5'],
    ],
    ['double -> text, unchanged', ['1.50', '2', 'x'], 'text', ['1.50', '2', 'x']],
    ['nothing -> integer', ['', '', '5'], 'integer', [null, null, 5n]],
    ['nothing -> text', ['', '', 'x'], 'text', [null, null, 'x']],
  ])('%s', async (_what, values, type, cells) => {
    const csv = `k,x\n${values.map((value, index) => `k${index},${value}`).join('\n')}\n`;
    const { rows, manifest, parts } = await converter.convert(csv, { ...strict, chunkRows: 1 });
    expect(manifest.schema[1]?.type).toBe(type);
    expect(rows.map((row) => row.x)).toEqual(cells);
    const schemas = await Promise.all(parts.map(readSchema));
    expect(new Set(schemas.map(String)).size).toBe(1);
    expect(manifest.parts).toHaveLength(values.length);
  });

  test('the whole column decides whether day or month comes first', async () => {
    const { rows } = await converter.convert('fecha\n05/06/2026\n07/08/2026\n12/31/2026\n', {
      ...strict,
      chunkRows: 1,
    });
    expect(rows.map((row) => row.fecha)).toEqual(
      ['2026-05-06', '2026-07-08', '2026-12-31'].map((day) => new Date(day)),
    );
  });

  test('a date column whose later values are mostly not dates is text in all parts', async () => {
    const csv = 'update_notes\n2026-02-01\nfixed the pump\nnew belt\nnothing\n';
    const { rows, manifest } = await converter.convert(csv, { ...strict, chunkRows: 1 });
    expect(rows.map((row) => row.update_notes)).toEqual(['2026-02-01', 'fixed the pump', 'new belt', 'nothing']);
    expect(manifest.totals.datesCoerced).toBe(0);
    expect(manifest.warnings[0]).toContain('stays text');
  });

  test('a time of day in any row makes the column a timestamp in all parts', async () => {
    const { manifest, rows } = await converter.convert('date\n2026-02-01\n2026-02-01T10:30:00Z\n', {
      ...strict,
      chunkRows: 1,
    });
    expect(manifest.schema[0]?.type).toBe('timestamp');
    expect(rows.map((row) => (row.date as Date).toISOString())).toEqual([
      '2026-02-01T00:00:00.000Z',
      '2026-02-01T10:30:00.000Z',
    ]);
  });

  test('one value with a sure decimal comma makes the column numbers, wherever it is', async () => {
    const values = ['1,234', '2,345', '1,5', '3'];
    for (let turn = 0; turn < values.length; turn++) {
      const csv = `x;y\n${[...values.slice(turn), ...values.slice(0, turn)].map((value) => `${value};a`).join('\n')}\n`;
      const { rows, manifest } = await converter.convert(csv, { ...strict, chunkRows: 1 });
      expect(manifest.schema[0]?.type).toBe('double');
      expect(rows.map((row) => row.x).sort()).toEqual([1.234, 1.5, 2.345, 3]);
    }
    const { manifest } = await converter.convert('x;y\n1,234;a\n2,345;a\n', { ...strict, chunkRows: 1 });
    expect(manifest.schema[0]?.type).toBe('text');
  });

  test('the same input gives the same bytes', async () => {
    const csv = `a,b,fecha\n${Array.from({ length: 5000 }, (_, n) => `${n},text ${n % 7},0${1 + (n % 9)}/02/2026`).join('\n')}\n`;
    const first = await converter.convert(csv, { ...strict, chunkRows: 1500 });
    const second = await converter.convert(csv, { ...strict, chunkRows: 1500 });
    expect(second.manifest.parts.map((part) => part.sha256)).toEqual(first.manifest.parts.map((part) => part.sha256));
    expect(first.manifest.parts.map((part) => part.rows)).toEqual([1500, 1500, 1500, 500]);
  });
});
