import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ColumnType, simpleTypes } from '@etl/pipeline/columns/types';
import { glueSinkSchema } from '@etl/pipeline/sinks/glue';
import { parseDocument } from 'yaml';
import { catalogType, commonType } from '../../../../aws/sinks/glue/types';
import { actionsOf, commandsIn } from '../../../house/policies/needs';

const root = join(__dirname, '..', '..', '..', '..');
const document = readFileSync(join(root, 'docs', 'sinks.md'), 'utf8');
const section = document.split('\n## Glue Data Catalog\n')[1]?.split('\n## ')[0] ?? '';
const rowsOf = (heading: string): string[][] =>
  (section.split(`### ${heading}\n`)[1]?.split('\n### ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/[|`]/g, '').trim()));
const blockOf = (language: string): string[] =>
  [...section.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text);

test('docs/sinks.md has every type', () => {
  const types = rowsOf('Types').map(([type, inCatalog]) => [type, inCatalog]);
  expect(types.slice(2)).toEqual([
    ...simpleTypes.map((type) => [type, catalogType(type)]),
    ['decimal(p,s)', 'decimal(p,s)'],
  ]);
});

test('docs/sinks.md has every widening', () => {
  const text = rowsOf('Changed schemas').map(([first]) => first);
  const pairs = simpleTypes.flatMap((a, at) =>
    simpleTypes.slice(at + 1).flatMap((b) => (commonType(a, b as ColumnType) ? [[a, b].sort()] : [])),
  );
  expect(pairs.length).toBeGreaterThan(1);
  for (const [a, b] of pairs) expect(text).toContain(`${a} and ${b} in either order`);
});

test('docs/sinks.md has every key, and its declarations are valid', () => {
  const documented = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, key = '']) => key);
  const keys = Object.keys(glueSinkSchema.shape).filter((key) => key !== 'type');
  expect(documented.slice(0, keys.length)).toEqual(keys);
  const [sinks, projection] = blockOf('yaml').map((text) => parseDocument(text).toJS());
  expect(glueSinkSchema.parse({ ...sinks.sinks.catalogo, ...projection })).toMatchObject({ database: 'lago' });
});

test('the policy of docs/sinks.md allows exactly the calls of the sink', () => {
  const folder = join('aws', 'sinks', 'glue');
  const commands = readdirSync(join(root, folder)).flatMap((file) => commandsIn(join(folder, file)));
  const { Statement } = JSON.parse(blockOf('json')[0] ?? '') as { Statement: { Action: string[] }[] };
  const needed = commands.flatMap((command) => actionsOf[command] ?? [`unknown: ${command}`]);
  expect(Statement.flatMap(({ Action }) => Action)).toEqual([...needed].sort());
});
