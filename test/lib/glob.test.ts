import { matchesGlob } from '@etl/lib/glob';
import { expectEqual } from '../support/expectEqual';
import { randomFrom } from '../support/random';

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

test('matches like the equivalent regular expression', () => {
  const random = randomFrom(20260208);
  const letters = [...'aab.\\/[]{}!()^$|+', '😀', '\ud800'];
  const text = (of: readonly string[]) => Array.from({ length: random.below(9) }, () => random.pick(of)).join('');
  const literal = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`;
  for (let round = 0; round < 20_000; round++) {
    const glob = text([...letters, '*', '*', '?']);
    // Half of the names follow from the glob, so that many match.
    const name = random.chance(0.5) ? text(letters) : glob.replaceAll('*', () => text(['a', 'b'])).replaceAll('?', 'a');
    const pattern = [...glob].map((each) => (each === '*' ? '[^]*' : each === '?' ? '[^]' : literal(each))).join('');
    expectEqual([glob, name, matchesGlob(glob, name)], [glob, name, new RegExp(`^${pattern}$`, 'u').test(name)]);
  }
});
