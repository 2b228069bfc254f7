import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import { DatasetFolder } from '@etl/storage/declarations/datasetFolder';
import { createFileStore } from '@etl/storage/fileStore';

const folder = mkdtempSync(join(tmpdir(), 'etl-datasets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): void {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
}

const open = () => new DatasetFolder(createFileStore(), fileUri(folder), 's3://raw');

test('reads declarations of all extensions, and nothing else', async () => {
  write('ventas.yaml', 'source: { pattern: ventas/*.csv }');
  write('stock.yml', 'source:\n  pattern: stock/*.csv\n');
  write('sensor.json', '{"source":{"pattern":"sensor/*.csv"}}');
  write('README.md', '# not a declaration');
  write('old/ventas.yaml', 'not: read');
  const datasets = await open().read();
  expect(datasets.all().map(({ name }) => name)).toEqual(['sensor', 'stock', 'ventas']);
  expect(datasets.broken).toEqual([]);
});

test('sees changed, added and removed declarations, and reads unchanged ones once', async () => {
  const reads: string[] = [];
  const store = createFileStore();
  const readSmall = (uri: string) => {
    reads.push(uri);
    return store.readSmall(uri);
  };
  const counting = { list: store.list, readSmall };
  const datasets = new DatasetFolder(counting, fileUri(folder), 's3://raw');
  const before = await datasets.read();
  write('ventas.yaml', 'source: { pattern: other/*.csv }');
  rmSync(join(folder, 'stock.yml'));
  write('new.yaml', 'source: { pattern: new/*.csv }');
  const after = await datasets.read();
  expect(after.all().map(({ name }) => name)).toEqual(['new', 'sensor', 'ventas']);
  const hash = (all: typeof before) => all.all().find(({ name }) => name === 'ventas')?.hash;
  expect(hash(after)).not.toBe(hash(before));
  expect(reads.filter((uri) => uri.endsWith('sensor.json'))).toHaveLength(1);
});

test('reports broken declarations by name, with their file', async () => {
  write('bad.yaml', 'colums: {}');
  write('-x.yaml', 'source: { pattern: x }');
  write('etl-commits.yaml', 'source: { pattern: commits/*.csv }');
  write('sensor.yaml', 'source: { pattern: sensor2/*.csv }');
  write('large.yaml', `description: ${'x'.repeat(300_000)}`);
  const { broken } = await open().read();
  const problems = Object.fromEntries(broken.map((each) => [each.name, each.problems.join('\n')]));
  expect(problems.bad).toContain(`${join(folder, 'bad.yaml')}:1:1: colums: unknown key: use columns instead`);
  expect(problems['-x']).toContain('"-x", the name of the dataset, is not a valid name');
  expect(problems['etl-commits']).toContain('is the name of the folder of commits: choose another name');
  expect(problems.sensor).toContain('declares the same dataset: remove one of them');
  expect(problems.large).toContain('has 300013 bytes, more than the limit of 262144');
});

test('an absent folder declares nothing', async () => {
  const datasets = await new DatasetFolder(createFileStore(), fileUri(join(folder, 'absent')), undefined).read();
  expect(datasets.all()).toEqual([]);
});
