import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operationNames } from '@etl/fargate/api/operationNames';

const root = join(__dirname, '..', '..');
const read = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');
const document = read('docs', 'local-fargate.md');

test('docs/local-fargate.md lists exactly the operations of the endpoint', () => {
  const [, row = ''] = /^\| operations \| (.*) \|$/m.exec(document) ?? [];
  expect(row.split(/[,;] /).sort()).toEqual([...operationNames]);
});

test('docs/local-fargate.md lists exactly the options of the endpoint', () => {
  const [, options = ''] = /options: \{\n([\s\S]*?)\n {4}\},/.exec(read('local', 'fargate.ts')) ?? [];
  const declared = [...options.matchAll(/^ +'?([a-z-]+)'?: \{/gm)].map(([, name]) => `--${name}`);
  const listed = [...document.matchAll(/^\| `(--[a-z-]+)/gm)].map(([, option]) => option);
  expect(declared.length).toBeGreaterThan(5);
  expect(listed).toEqual(declared);
});
