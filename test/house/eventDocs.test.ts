import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventKeys } from '@etl/pipeline/event';

const document = readFileSync(join(__dirname, '..', '..', 'docs', 'event.md'), 'utf8');

/** Returns the keys in the first column of the table below a heading. */
function keysBelow(heading: string): string[] {
  const [, section = ''] = document.split(`\n## ${heading}\n`);
  const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`(\w+)`/g)].map(([, key = '']) => key));
}

test('docs/event.md lists exactly the keys that an event accepts', () => {
  expect(keysBelow('Keys of `detail`').sort()).toEqual([...eventKeys.detail].sort());
  expect(keysBelow('Keys of `detail.compute`').sort()).toEqual([...eventKeys.compute].sort());
});
