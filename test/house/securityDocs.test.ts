import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const text = readFileSync(join(root, 'docs', 'security.md'), 'utf8');
const [, table = ''] = /<!-- threats -->\n\|[^\n]*\n\| ---[^\n]*\n((?:\|[^\n]*\n)+)/.exec(text) ?? [];
const rows = table
  .trim()
  .split('\n')
  .map((row) => row.split('|').map((cell) => cell.trim()));

test('the table covers the threats of every side', () => {
  const sides = rows.flatMap(([, threat = '']) => /\*\*(.+?)\*\*/.exec(threat)?.[1] ?? []);
  expect(sides).toEqual([
    'Hostile event',
    'Hostile file',
    'Hostile message',
    'Browser',
    'Other local user',
    'Leaked read access to history',
    'Compromised task role',
    'Supply chain',
  ]);
});

test.each(rows.map(([, threat = '', enforced = '', tests = '']) => [threat, enforced, tests]))(
  '%s: the table names the protection and existing tests',
  (_, enforced, tests) => {
    const files = [...tests.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);
    expect(enforced).not.toBe('');
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect([file, existsSync(join(root, file))]).toEqual([file, true]);
  },
);
