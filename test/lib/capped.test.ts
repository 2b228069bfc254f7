import { capped, cut, maxLine, maxLines } from '@etl/lib/capped';

test('a list within its bounds stays as it is', () => {
  expect(capped([])).toEqual([]);
  expect(capped(['a', 'b'], 2)).toEqual(['a', 'b']);
});

test('what is left out of a list is counted', () => {
  expect(capped(['a', 'b', 'c', 'd'], 2)).toEqual(['a', 'b', '… and 2 more']);
  const lines = capped(Array(100_000).fill('x'.repeat(5000)));
  expect(lines).toHaveLength(maxLines + 1);
  expect(lines.at(-1)).toBe('… and 99950 more');
  expect(lines[0]).toHaveLength(maxLine);
});

test('what was left out before is counted too', () => {
  const once = capped(['a', 'b', 'c', 'd'], 3);
  expect(capped(once, 3)).toEqual(once);
  expect(capped(once, 2)).toEqual(['a', 'b', '… and 2 more']);
});

test('a text is cut between characters', () => {
  expect(cut('abc', 3)).toBe('abc');
  expect(cut('abcd', 3)).toBe('ab…');
  expect(cut('a😀b', 3)).toBe('a…');
});
