import { matchesGlob } from '@etl/lib/glob';

test.each([
  ['*', '', true],
  ['*', 'anything.csv', true],
  ['*.csv', 'a.csv', true],
  ['*.csv', 'a.csv.gz', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['a?c', 'a€c', true],
  ['?', '😀', true],
  ['a*b*c', 'a-b-b-c', true],
  ['a*b*c', 'a-c-b', false],
  ['**', 'x', true],
  ['', '', true],
  ['', 'x', false],
  ['a.c', 'abc', false],
  ['[a]', 'a', false],
  ['[a]', '[a]', true],
])('%s on %s: %s', (glob, name, matches) => expect(matchesGlob(glob, name)).toBe(matches));

test('matches an adversarial glob quickly', () => {
  const name = 'a'.repeat(2000);
  expect(matchesGlob(`${'*a'.repeat(200)}b`, name)).toBe(false);
});
