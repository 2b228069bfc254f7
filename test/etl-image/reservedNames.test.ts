import { Corpus, lenient } from './corpora/support';

let corpus: Corpus;
beforeAll(async () => {
  corpus = await Corpus.create();
});
afterAll(() => corpus.remove());

/** Names of properties that every object inherits, as column names. */
const reserved = Object.getOwnPropertyNames(Object.prototype)
  .map((name) => name.toLowerCase())
  .filter((name, index, all) => all.indexOf(name) === index);

test.each(reserved)('writes a column %s, whether another one is declared or not', async (name) => {
  for (const columns of [undefined, { x: 'text' } as const]) {
    const options = { ...lenient, ...(columns && { columns }) };
    const { rows, manifest } = await corpus.compare(`${name},x\n1,2\n`, { options });
    expect(manifest.schema).toMatchObject([
      { name, sourceName: name, type: 'integer' },
      { name: 'x', sourceName: 'x', type: columns ? 'text' : 'integer' },
    ]);
    expect(rows).toEqual([[1n, columns ? '2' : 2n]]);
  }
});

test.each(reserved)('applies the declared type of a column %s, and counts its rejects', async (name) => {
  const columns = JSON.parse(`{"${name}":"integer"}`);
  const { rows, manifest } = await corpus.compare(`${name},x\nz,1\n2,2\n`, { options: { ...lenient, columns } });
  expect(rows).toEqual([[2n, 2n]]);
  expect(Object.entries(manifest.rejected ?? {})).toEqual([[`${name}: value is not of type integer`, 1]]);
});
