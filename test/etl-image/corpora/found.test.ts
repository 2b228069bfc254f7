import { gzipSync } from 'node:zlib';
import { Corpus, differences, lenient } from './support';
import type { Exact } from './table';

/* Bugs that the corpora found, reduced to files of a few bytes, so that their tests do not depend on chance. */

let corpus: Corpus;
beforeAll(async () => {
  corpus = await Corpus.create();
});
afterAll(() => corpus.remove());

const engines = ['kernel', 'portable'] as const;

test.each(engines)('a number that a double rounds to zero or to fewer digits stays text (%s)', async (engine) => {
  for (const text of ['1e-400', '1.2345678e-320']) {
    const { rows } = await corpus.convert(`a,b\n${text},x\n2.5,y\n`, { engine });
    const expected: Exact[][] = [
      [text, 'x'],
      ['2.5', 'y'],
    ];
    expect(differences(expected, rows)).toEqual([]);
  }
});

test.each(engines)('17 digits are a number if a double keeps them, else text (%s)', async (engine) => {
  const { rows } = await corpus.convert('back,lost\n45.927778000000004,45.927778000000003\n2.5,1\n', { engine });
  const expected: Exact[][] = [
    [Number('45.927778000000004'), '45.927778000000003'],
    [2.5, '1'],
  ];
  expect(differences(expected, rows)).toEqual([]);
});

test.each(engines)('minus zero keeps its sign or fails (%s)', async (engine) => {
  const converted = await corpus.convert('a,b\n-0.0,x\n2.5,y\n', { engine }).catch((error: Error) => error);
  if (converted instanceof Error) return expect(converted.message).toMatch(/the portable engine cannot hold/);
  expect(converted.rows[0]?.[0]).toBe(-0);
});

test.each(engines)('reports the first missing column after doubled quotes (%s)', async (engine) => {
  const { rejects } = await corpus.convert('p,q,r,s\n"a"",b",c\n1,2,3,4\n', { engine, options: lenient });
  expect(rejects.map(({ column, reason }) => [column, reason])).toEqual([['r', 'too few fields']]);
});

test.each(engines)('a byte order mark inside the file is text (%s)', async (engine) => {
  const { rows } = await corpus.convert('\ufeffa,b\n\ufeffx,1\n', { engine });
  expect(rows).toEqual([['\ufeffx', 1n]]);
});

test.each([
  ['plain', Buffer.from('a,b')],
  ['gzip', gzipSync('a,b')],
])('a header without a line end is not an empty file (%s)', async (_, csv) => {
  const { manifest } = await corpus.compare(csv, { options: lenient });
  expect(manifest.schema.map(({ name }) => name)).toEqual(['a', 'b']);
  expect(manifest.totals.rowsRead).toBe(0);
});
