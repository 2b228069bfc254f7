import { createHash } from 'node:crypto';
import { canonicalJson } from '@etl/lib/canonicalJson';
import { type Random, randomFrom } from '../support/random';

const words = ['a', 'b', 'á', 'Z', '_', '$', '', '😀', '\ud800', '__proto__', 'constructor', 'toString'];
const numbers = ['0', '9', '10', '01', '2024', '4294967295'];
const leaves = [0, -0, 1.5, 1e21, 1e-7, true, null, undefined, 'é', '\ud800', '\u2028', '"\\\n'];

function valueFrom(random: Random, depth: number): unknown {
  if (depth === 0 || random.chance(0.3)) return random.pick(leaves);
  const length = random.below(5);
  if (random.chance(0.3)) return Array.from({ length }, () => valueFrom(random, depth - 1));
  const names = Array.from({ length }, () => random.pick([...words, ...numbers]));
  return Object.fromEntries(names.map((name) => [name, valueFrom(random, depth - 1)]));
}

/** Returns an equal value whose objects have their keys in another order. */
function shuffled(random: Random, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => shuffled(random, each));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([name, each]) => ({
    at: random.next(),
    name,
    each: shuffled(random, each),
  }));
  return Object.fromEntries(entries.sort((a, b) => a.at - b.at).map(({ name, each }) => [name, each]));
}

test('equal values have equal text, and the text has the value', () => {
  const random = randomFrom(20260208);
  for (let round = 0; round < 3000; round++) {
    const value = { root: valueFrom(random, 5) };
    const text = canonicalJson(value);
    expect(canonicalJson(shuffled(random, value))).toBe(text);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
  }
});

// The text is hashed into names that are stored: work folders, dead letters, tags of task definitions.
test.each([
  [{ b: 1, a: [{ d: 1, c: 2 }] }, '{"a":[{"c":2,"d":1}],"b":1}'],
  [{ á: 1, a: 2, Z: 3, _: 4 }, '{"Z":3,"_":4,"a":2,"á":1}'],
  // Keys that are array indices come first, in numerical order.
  [{ a: 1, '10': 2, '9': 3, '-': 4, '01': 5 }, '{"9":3,"10":2,"-":4,"01":5,"a":1}'],
  [{ a: undefined, b: null, c: [undefined] }, '{"b":null,"c":[null]}'],
  [[-0, 1e21, Number.NaN, '\u2028', '\ud800'], '[0,1e+21,null,"\u2028","\\ud800"]'],
  [JSON.parse('{"__proto__":{"b":1,"a":2}}'), '{"__proto__":{"a":2,"b":1}}'],
  [new Date(0), '"1970-01-01T00:00:00.000Z"'],
])('the text of %j does not change between versions', (value, text) => expect(canonicalJson(value)).toBe(text));

test('a hash of options does not change between versions', () => {
  const options = { columns: { '10': 'text', '9': 'integer', importe: 'double' }, dialect: { delimiter: ';' } };
  expect(
    createHash('sha256')
      .update(canonicalJson({ options, chunkRows: 500_000 }))
      .digest('hex')
      .slice(0, 16),
  ).toBe('6996d4b9bc44813a');
});

test('rejects a deeply nested value without a stack overflow', () => {
  expect(() => canonicalJson(JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`))).toThrow(
    /more than 64 levels/,
  );
});
