import { compareFences, decide } from '@etl/storage/fence';

const at = (runStartedAt: string, runId = 'r', generation = 1) => ({ runStartedAt, runId, generation });
const early = '2026-02-08T01:00:00.000Z';
const late = '2026-02-08T02:00:00.000Z';

test('fences are ordered by start, then run, then generation', () => {
  const ascending = [at(early, 'z', 9), at(late, 'a', 1), at(late, 'a', 2), at(late, 'a', 10), at(late, 'b', 1)];
  for (const [i, a] of ascending.entries()) {
    for (const [j, b] of ascending.entries()) expect(Math.sign(compareFences(a, b))).toBe(Math.sign(i - j));
  }
});

test('compares starts as instants, not as text', () => {
  expect(compareFences(at('2026-02-08T01:00:00Z'), at(early))).toBe(0);
  expect(compareFences(at('2026-02-08T03:30:00+02:00'), at(late))).toBeLessThan(0);
});

test('rejects an invalid start instead of treating it as equal', () => {
  expect(() => compareFences(at('yesterday'), at(early))).toThrow(RangeError);
});

describe('decide', () => {
  const mine = {
    ...at(late),
    source: { uri: 'file:///a.csv', bytes: 1, fingerprint: 'f' },
    optionsHash: 'o',
    program: 'p@1',
  };
  test.each([
    ['nothing there', undefined, 'commit'],
    ['the same content, lower', { ...mine, ...at(early) }, 'already'],
    ['the same content, higher', { ...mine, ...at('2026-02-08T03:00:00Z') }, 'already'],
    ['other source bytes, lower', { ...mine, ...at(early), source: { ...mine.source, fingerprint: 'g' } }, 'commit'],
    [
      'other source bytes, higher',
      { ...mine, ...at(late, 's'), source: { ...mine.source, fingerprint: 'g' } },
      'superseded',
    ],
    [
      'another source file, higher',
      { ...mine, ...at(late, 's'), source: { ...mine.source, uri: 'file:///b.csv' } },
      'conflict',
    ],
    ['other options, higher', { ...mine, ...at(late, 'r', 2), optionsHash: 'q' }, 'superseded'],
    ['another program, lower', { ...mine, ...at(early), program: 'p@2' }, 'commit'],
  ] as const)('decides for %s', (_name, newest, decision) => expect(decide(newest, mine, undefined)).toBe(decision));

  test('replaces the data of another source named in the event', () => {
    const other = { ...mine, ...at(early), source: { ...mine.source, uri: 'file:///in/b.csv' } };
    expect(decide(other, mine, undefined)).toBe('conflict');
    expect(decide(other, mine, 'file:///in/b%2Ecsv')).toBe('commit');
    expect(decide(other, mine, 'file:///in/')).toBe('commit');
    expect(decide(other, mine, 'file:///in')).toBe('conflict');
    expect(decide({ ...other, ...at(late, 's') }, mine, 'file:///in/')).toBe('superseded');
  });
});
