import { capped, cut, maxLine, maxLines } from '@etl/lib/capped';

test('keeps a list within its bounds', () => {
  expect(capped([])).toEqual([]);
  expect(capped(['a', 'b'], 2)).toEqual(['a', 'b']);
});

test('counts the omitted lines', () => {
  expect(capped(['a', 'b', 'c', 'd'], 2)).toEqual(['a', 'b', '… and 2 more']);
  const lines = capped(Array(100_000).fill('x'.repeat(5000)));
  expect(lines).toHaveLength(maxLines + 1);
  expect(lines.at(-1)).toBe('… and 99950 more');
  expect(lines[0]).toHaveLength(maxLine);
});

test('counts lines that were omitted before', () => {
  const once = capped(['a', 'b', 'c', 'd'], 3);
  expect(capped(once, 3)).toEqual(once);
  expect(capped(once, 2)).toEqual(['a', 'b', '… and 2 more']);
});

test('truncates a text between characters', () => {
  expect(cut('abc', 3)).toBe('abc');
  expect(cut('abcd', 3)).toBe('ab…');
  expect(cut('a😀b', 3)).toBe('a…');
});
