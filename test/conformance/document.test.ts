import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/processes';
import { deviations } from './deviations';
import { suite } from './suite';

const names = suite.map(({ name }) => name);

test('every deviation belongs to a behaviour of the suite, and names are unique', () => {
  expect(new Set(names).size).toBe(names.length);
  for (const world of Object.values(deviations)) expect(names).toEqual(expect.arrayContaining(Object.keys(world)));
});

test('docs/ecs-conformance.md lists every behaviour with the reasons in deviations.ts', () => {
  const rows = names.map((name) => {
    const cells = [deviations.local[name], deviations.ministack[name]].map((found) => found?.reason ?? 'yes');
    return `| ${name} | ${cells.join(' | ')} |`;
  });
  expect(readFileSync(join(root, 'docs', 'ecs-conformance.md'), 'utf8')).toContain(rows.join('\n'));
});
