// lib/src/glob.ts: `*` and `?`, every other character is literal; linear in practice, bounded by the product of lengths.
import { cpuMs, Differences, orRejected, rejected } from './differences.mjs';

export const packages = ['picomatch@4.0.7', 'minimatch@11.0.9', 'wildcard-match@5.1.4', 'matcher@7.0.0'];

export async function compare({ load, require, say }) {
  const { matchesGlob } = require('@etl/lib/glob');
  const { generator } = require('@etl/lib/random');
  const picomatch = (await load('picomatch')).default;
  const { minimatch } = await load('minimatch');
  const { default: wildcard } = await load('wildcard-match');
  const { isMatch } = await load('matcher');
  const options = { dot: true, nobrace: true, noext: true, noglobstar: true, nonegate: true, nocomment: true };
  const minimatchWith = (prepare) => (glob) => (name) => minimatch(name, prepare(glob), options);
  // The options closest to our rules.
  const matchers = {
    picomatch: (glob) => picomatch(glob, { dot: true, bash: true, nobrace: true, noextglob: true, nonegate: true }),
    minimatch: minimatchWith((glob) => glob),
    'minimatch, escaped': minimatchWith((glob) => glob.replace(/[^*?]/gu, '\\$&')),
    'wildcard-match': (glob) => wildcard(glob, false),
    matcher: (glob) => (name) => isMatch(name, glob, { caseSensitive: true }),
  };

  const random = generator(1);
  const text = (letters, most) =>
    Array.from({ length: Math.floor(random() * most) }, () => letters[Math.floor(random() * letters.length)]).join('');
  const letters = [...'aab.b', '-', ' '];
  const special = [...'()[]{}!+@^$|\\/#,', '😀'];
  const plain = Array.from({ length: 20_000 }, () => [text([...letters, '*', '?'], 8), text(letters, 8)]);
  const odd = Array.from({ length: 20_000 }, () => [
    text([...letters, ...special, '*', '?'], 8),
    text([...letters, ...special], 8),
  ]);
  // Half of the names follow from their glob, so that many match.
  const filled = (pairs, from) =>
    pairs.map(([glob, name], index) =>
      index % 2 === 0
        ? [glob, name]
        : [
            glob,
            glob.replace(/\*/g, () => text(from, 3)).replace(/\?/g, () => from[Math.floor(random() * from.length)]),
          ],
    );
  const corpora = { 'letters only': filled(plain, letters), 'any characters': filled(odd, [...letters, ...special]) };
  for (const [corpus, pairs] of Object.entries(corpora)) {
    for (const [name, matcher] of Object.entries(matchers)) {
      const differences = new Differences(`${name}, ${corpus}`);
      for (const [glob, file] of pairs) {
        const [ours, theirs] = [matchesGlob(glob, file), orRejected(() => matcher(glob)(file))];
        const kind = theirs === rejected ? 'rejected' : theirs ? 'match there only' : 'match here only';
        differences.add(ours === theirs ? undefined : kind, JSON.stringify([glob, file]));
      }
      differences.report(say);
    }
  }

  say('\nA hostile glob, CPU time in ms by the number of stars (the name has 60 characters):');
  const stars = [2, 4, 6, 8];
  const name = 'a'.repeat(60);
  for (const [library, matcher] of Object.entries({ ours: (glob) => (text) => matchesGlob(glob, text), ...matchers })) {
    const times = [];
    for (const count of stars) {
      const last = times.at(-1) ?? 0;
      if (last > 2000) break;
      times.push(cpuMs(() => matcher(`${'*a'.repeat(count)}*b`)(name)));
    }
    say(`  ${library}: ${times.map((time, index) => `${stars[index]}: ${time.toFixed(1)}`).join(', ')}`);
  }
}
