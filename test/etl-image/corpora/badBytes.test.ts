import { inParallel } from '../../support/parallel';
import { randomFrom } from '../../support/random';
import { thorough } from '../../support/thorough';
import { Corpus, lenient } from './support';

let corpus: Corpus;
beforeAll(async () => {
  corpus = await Corpus.create();
});
afterAll(() => corpus.remove());

test.each(['kernel', 'portable'] as const)('bad bytes after the head reject only their rows (%s)', async (engine) => {
  // The head is inspected as a whole, and a NUL in it fails the file.
  const line = 'filler,"of some length, so that it takes few rows",1\n';
  const head = line.repeat(Math.ceil((300 * 1024) / line.length));
  const bad = ['a\0,b,1\n', 'ok,b,2\n', '"\0",b,1\n', 'a,\xff,1\n', 'a,"\xc3\n",1\n', 'ok,b,3\n'];
  const csv = Buffer.from(`text,more,number\n${head}${bad.join('')}`, 'latin1');
  const { manifest, rows, rejects } = await corpus.convert(csv, { engine, chunkRows: 4000 });
  expect(manifest.rejected).toEqual({ 'a NUL byte': 2, 'bytes that are not UTF-8': 2 });
  expect(manifest.schema.map(({ type }) => type)).toEqual(['text', 'text', 'integer']);
  expect(rows.slice(-2)).toEqual([
    ['ok', 'b', 2n],
    ['ok', 'b', 3n],
  ]);
  const filler = head.length / line.length;
  expect(rejects.map(({ row }) => row - filler)).toEqual([1, 3, 4, 5]);
});

test.each([95_232, 160_768, 226_304])('an invalid byte after a field of %i bytes rejects its row', async (length) => {
  const good = Array.from({ length: 3000 }, (_, at) => `${at},a\n`).join('');
  const csv = Buffer.from(`n,t\n${good}7,${'y'.repeat(length)}\n8,\xff\n`, 'latin1');
  const options = { ...lenient, dialect: { encoding: 'utf-8' } } as const;
  const { manifest, rejects } = await corpus.compare(csv, { options });
  expect(manifest.totals.rowsRejected).toBe(1);
  expect(rejects).toMatchObject([{ line: 3003, row: 3002, reason: 'bytes that are not UTF-8' }]);
});

test('a NUL in the head fails the file', async () => {
  await expect(corpus.compare('a,b\n1,\0\n')).rejects.toThrow(/NUL bytes/);
});

const soups = Array.from({ length: thorough ? 60 : 20 }, (_, at) => at + 1);

/** Whatever the text means, both engines must agree. */
test('both engines read random delimiters, quotes and line ends alike', async () => {
  const differ = await inParallel(soups, async (seed) => {
    const random = randomFrom(seed);
    const pieces = [',', ',', '"', '"', '\n', '\r\n', '\r', 'a', 'b', ' ', '1', '""', '","', '"\n'];
    const body = Array.from({ length: 20 + random.below(400) }, () => random.pick(pieces)).join('');
    // Mostly paired quotes: otherwise most files would fail for an unclosed quote.
    const csv = `x,y\n${body}${random.chance(0.5) ? '"' : ''}`;
    const dialect = { delimiter: ',', ...(random.chance(0.2) && { quote: "'" }) };
    const found = corpus.compare(csv, { options: { ...lenient, dialect }, chunkRows: 1 + random.below(50) });
    return found.then(
      () => [],
      // Ignores errors of the kernel: the other engine has thrown the same.
      (error: Error) => ('matcherResult' in error ? [`seed ${seed}: ${error.message}`] : []),
    );
  });
  expect(differ.flat()).toEqual([]);
});
