import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredKeys } from '@etl/image/quality/chunkMeasures';
import { KeyFile } from '@etl/image/quality/keyFile';
import { keyBytes } from '@etl/image/quality/keyRuns';
import { countRepeats } from '@etl/image/quality/repeats';
import { keyWords } from '@etl/image/quality/writtenRows';
import { fileUri } from '@etl/lib/fileUri';
import type { QualityResult } from '@etl/pipeline/quality/results';
import type { Rule } from '@etl/pipeline/quality/rules';
import { createFileStore } from '@etl/storage/fileStore';
import { Converter } from '../../support/convert';
import { readWithPyarrow } from '../../support/pyarrow';
import { type Random, randomFrom } from '../../support/random';
import { thorough } from '../../support/thorough';

let folder: string;
let converter: Converter;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etl-keys-'));
  converter = await Converter.create();
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await converter.remove();
});

const { signal } = new AbortController();
const seeds = Array.from({ length: thorough ? 40 : 3 }, (_, at) => at + 1);

describe('keys of many files', () => {
  /** Writes the keys of a chunk and returns them. `numbers`: equal numbers are equal keys. */
  async function store(name: string, numbers: readonly number[], line: number): Promise<StoredKeys> {
    const keys = Uint32Array.from(
      numbers.flatMap((number, at) => [Math.imul(number, 0x9e3779b1) >>> 0, number * 7, 0, number, at]),
    );
    const file = new KeyFile(join(folder, name));
    const half = Math.floor(numbers.length / 2) * keyWords;
    await file.add(keys.slice(0, half), line);
    await file.add(keys.slice(half), line);
    const { stored, ...rest } = await file.store(async (path) => {
      const location = `${name}.stored`;
      await writeFile(join(folder, location), await readFile(path));
      return location;
    });
    await file.remove();
    return { location: stored, ...rest };
  }

  function expected(chunks: readonly (readonly number[])[], lines: readonly number[]) {
    const seen = new Set<number>();
    const repeated: number[] = [];
    for (const [chunk, numbers] of chunks.entries()) {
      for (const [at, number] of numbers.entries()) {
        if (seen.has(number)) repeated.push((lines[chunk] ?? 0) + at);
        seen.add(number);
      }
    }
    return { rows: repeated.length, lines: repeated.slice(0, 5) };
  }

  const shapes: Record<string, (random: Random) => number> = {
    'many different': (random) => random.below(2 ** 31),
    'some equal': (random) => random.below(3000),
    'few different': (random) => random.below(3),
  };

  test.each(Object.keys(shapes).flatMap((shape) => seeds.map((seed) => [shape, seed] as const)))(
    'are counted as in a set: %s (%i)',
    async (shape, seed) => {
      const random = randomFrom(seed);
      const chunks = Array.from({ length: 1 + random.below(7) }, () =>
        Array.from({ length: random.below(1500) }, () => shapes[shape]?.(random) ?? 0),
      );
      const lines = chunks.map((_, at) => 1 + at * 2000);
      const files = await Promise.all(chunks.map((numbers, at) => store(`k${seed}-${at}`, numbers, lines[at] ?? 0)));
      for (const bytes of [1, keyBytes * 64, keyBytes * 5000, undefined]) {
        const counted = await countRepeats(createFileStore(), fileUri(folder), files, signal, bytes);
        expect(counted).toEqual(expected(chunks, lines));
      }
    },
  );

  test('a file that ends early is an error', async () => {
    const keys = await store('short', [1, 2, 3], 1);
    await writeFile(join(folder, keys.location), Buffer.alloc(keyBytes));
    await expect(countRepeats(createFileStore(), fileUri(folder), [keys], signal)).rejects.toThrow();
  });
});

/** Columns whose values are stored in each of the kernel's ways: as eight bytes, one bit, a text, or bytes. */
const columns = ['entero', 'doble', 'logico', 'texto', 'fecha'] as const;

function cell(random: Random, column: (typeof columns)[number]): string {
  if (random.chance(0.1)) return '';
  switch (column) {
    case 'entero':
      return String(random.below(30) - 15);
    case 'doble':
      return random.chance(0.1) ? random.pick(['-0.0', '0.0']) : `${random.below(20)}.5`;
    case 'logico':
      return random.pick(['true', 'false']);
    case 'texto':
      return random.pick(['a', 'b', '"a\nb"', '"á, é"', 'a'.repeat(1 + random.below(20)), `"x""y"`]);
    case 'fecha':
      return `2026-02-${10 + random.below(9)}`;
  }
}

(process.env.ETL_TEST_PYTHON ? test : test.skip).each(seeds)(
  'counts are those of the written Parquet, read by pyarrow (%i)',
  async (seed) => {
    const random = randomFrom(seed);
    const rows = 100 + random.below(400);
    const lines = Array.from({ length: rows }, (_, row) =>
      random.chance(0.05)
        ? random.chance(0.5)
          ? ',,,,'
          : `x${row},y,z,w,v`
        : columns.map((each) => cell(random, each)).join(','),
    );
    const csv = `${columns.join(',')}\n${lines.join('\n')}\n`;
    const keys = Array.from({ length: 10 }, (_, at) => {
      const some = columns.filter(() => random.chance(0.4));
      return some.length > 0 ? some : [columns[at % columns.length] ?? 'texto'];
    });
    const rules: Rule[] = [
      ...keys.map((each): Rule => ({ metric: 'duplicateValues', columns: [...each], level: 'warn' })),
      ...columns.map((column): Rule => ({ metric: 'nullValues', column, level: 'warn' })),
    ];
    const declared = { entero: 'integer', doble: 'double', logico: 'boolean', fecha: 'date' } as const;
    const options = { columns: declared, rejects: { maxShare: 1 }, quality: { rules } };
    const chunkRows = 1 + random.below(rows);
    const { manifest, parts } = await converter.deliver(csv, { options, chunkRows });
    const tables = await readWithPyarrow(parts);
    const table = tables.flatMap((each) => each.rows.map((row) => cellsOf(row)));
    const counted = (result: QualityResult): number => {
      const at = (result.columns ?? []).map((name) => columns.indexOf(name as never));
      const texts = table.map((row) => at.map((column) => row[column] ?? 'null'));
      if (result.metric === 'nullValues') return texts.filter(([text]) => text === 'null').length;
      const complete = texts.filter((row) => !row.includes('null')).map((row) => JSON.stringify(row));
      return complete.length - new Set(complete).size;
    };
    const { quality = [] } = manifest;
    expect(quality.map(({ value }) => value)).toEqual(quality.map(counted));
  },
);

/** Splits a row of `readWithPyarrow`. Both zeros are equal. */
function cellsOf(row: string): string[] {
  return (row.match(/\{[^}]*\}|"(?:[^"\\]|\\.)*"|[^,[\]]+/g) ?? []).map((text) =>
    text === '{"double":"8000000000000000"}' ? '{"double":"0000000000000000"}' : text,
  );
}

test('long decimals, times and JSON are keys', async () => {
  const csv = `d,t,j\n1.50,10:00,"{""a"":1}"\n1.5,10:00:00,"{""a"":1}"\n-1.5,10:00,"{""a"": 1}"\n${'9'.repeat(30)},,"[]"\n`;
  const all = ['d', 't', 'j'].map((column): Rule => ({ metric: 'duplicateValues', column, level: 'warn' }));
  const rules: Rule[] = [
    ...all,
    { metric: 'invalidValues', column: 'd', min: -1.5, max: '1e30', level: 'warn' },
    { metric: 'invalidValues', column: 'd', min: '-1.49', level: 'warn' },
    { metric: 'invalidValues', column: 't', pattern: '^10:00:00$', level: 'warn' },
  ];
  const types = { d: 'decimal(38,2)', t: 'time', j: 'json' } as const;
  const { manifest } = await converter.deliver(csv, { options: { columns: types, quality: { rules } } });
  expect(manifest.quality?.map(({ value }) => value)).toEqual([1, 2, 1, 0, 1, 0]);
});
