// lib/src/canonicalJson.ts: its text is hashed into identities that are stored, so a replacement needs the same bytes.
import { cpuMs, Differences, median, orRejected, rejected } from './differences.mjs';

export const packages = [
  ...['canonicalize@5.1.0', 'safe-stable-stringify@3.0.0', 'fast-json-stable-stringify@2.1.0'],
  'json-canonicalize@3.0.1',
];

export async function compare({ load, require, say }) {
  const { canonicalJson } = require('@etl/lib/canonicalJson');
  const { generator } = require('@etl/lib/random');
  const functionOf = (loaded) =>
    [loaded.default?.default, loaded.default, loaded.canonicalize, loaded.stringify].find(
      (each) => typeof each === 'function',
    );
  const libraries = {};
  for (const each of packages) {
    const name = each.replace(/(?<=.)@[^@]*$/, '');
    libraries[name] = functionOf(await load(name));
  }

  const random = generator(1);
  const pick = (of) => of[Math.floor(random() * of.length)];
  const words = ['a', 'b', 'á', 'Z', '_x', '$', '-', '', '😀', '\ud800', 'toJSON', '__proto__', 'constructor'];
  const digits = ['9', '10', '0', '01', '2024', '4294967295'];
  const leaves = [0, -0, 1.5, 1e21, 1e-7, Number.NaN, true, null, undefined, 'é', '\ud800', '\u2028', new Date(0)];
  const value = (depth, keys) => {
    if (depth === 0 || random() < 0.3) return pick(leaves);
    if (random() < 0.3) return Array.from({ length: Math.floor(random() * 4) }, () => value(depth - 1, keys));
    const entries = Array.from({ length: Math.floor(random() * 5) }, () => [pick(keys), value(depth - 1, keys)]);
    return Object.fromEntries(entries);
  };
  const corpora = { 'keys that are words': words, 'keys with digits among them': [...words, ...digits] };
  for (const [corpus, keys] of Object.entries(corpora)) {
    const values = Array.from({ length: 20_000 }, () => ({ root: value(4, keys) }));
    for (const [name, stringify] of Object.entries(libraries)) {
      const differences = new Differences(`${name}, ${corpus}`);
      for (const each of values) {
        const [ours, theirs] = [canonicalJson(each), orRejected(() => stringify(each))];
        const kind = theirs === rejected ? 'rejected' : 'other text';
        differences.add(ours === theirs ? undefined : kind, `${ours} / ${String(theirs)}`.slice(0, 200));
      }
      differences.report(say);
    }
  }

  say('\nNested 50,000 levels deep:');
  const deep = JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`);
  for (const [name, stringify] of Object.entries({ ours: canonicalJson, ...libraries })) {
    try {
      say(`  ${name}: text of ${stringify(deep).length} characters`);
    } catch (error) {
      say(`  ${name}: ${error.constructor.name}: ${error.message.slice(0, 80)}`);
    }
  }

  const options = {
    columns: Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`column_${index}`, 'text'])),
  };
  say('\nOptions of 200 columns, microseconds of CPU each:');
  for (const [name, stringify] of Object.entries({ ours: canonicalJson, ...libraries })) {
    const times = Array.from({ length: 5 }, () =>
      cpuMs(() => {
        for (let i = 0; i < 500; i++) stringify(options);
      }),
    );
    say(`  ${name}: ${(median(times) * 2).toFixed(0)}`);
  }
}
