import { isShallow, jsonBytes, jsonProblem, maxJsonDepth, parseJson, parseJsonOr, utf8Bytes } from '@etl/lib/json';
import { randomFrom } from '../support/random';

const lists = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const objects = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

test.each([
  ['lists', lists],
  ['objects', objects],
])('%s are parsed up to the limit, and rejected above it and at 50,000 levels', (_, nested) => {
  expect(isShallow(parseJson(nested(maxJsonDepth)))).toBe(true);
  for (const depth of [maxJsonDepth + 1, 50_000]) {
    expect(() => parseJson(nested(depth))).toThrow('is nested more than 64 levels deep: flatten it');
    expect(isShallow(JSON.parse(nested(depth)))).toBe(false);
  }
});

test('brackets in strings are not levels, with any escapes', () => {
  const text = `\\"${'['.repeat(500)}{\\\\`;
  expect(parseJson(JSON.stringify({ [text]: text }))).toEqual({ [text]: text });
  expect(parseJson(JSON.stringify([[[text]], text]))).toEqual([[[text]], text]);
});

test('rejects text that is not JSON', () => {
  for (const text of ['', 'x', '{', '"', '"\\', '[1,]']) expect(() => parseJson(text)).toThrow('is not JSON');
  expect(parseJsonOr('{', 'other')).toBe('other');
  expect(parseJsonOr(lists(1000), undefined)).toBeUndefined();
});

test('measures the size of JSON in bytes', () => {
  expect(jsonBytes({ a: 'ñ' })).toBe(10);
  expect(jsonBytes(undefined)).toBe(0);
  expect(jsonProblem({ a: 'x'.repeat(93) }, 100)).toMatch(/^has 101 bytes as JSON, more than the limit of 100/);
  expect(jsonProblem({ a: 'x'.repeat(92) }, 100)).toBeUndefined();
  expect(jsonProblem(JSON.parse(lists(50_000)), 1e6)).toMatch(/^is nested more than 64 levels deep/);
});

test('measures the length in bytes of UTF-8, including lone surrogates', () => {
  const random = randomFrom(7);
  const units = [0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xffff];
  for (let round = 0; round < 2000; round++) {
    const text = String.fromCharCode(...Array.from({ length: random.below(12) }, () => random.pick(units)));
    expect(utf8Bytes(text)).toBe(Buffer.byteLength(text));
  }
});
