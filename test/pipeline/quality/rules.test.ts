import { parseEvent } from '@etl/pipeline/event';
import { optionsHash, optionsSchema } from '@etl/pipeline/options';
import { nameOf } from '@etl/pipeline/quality/ruleNames';
import type { Rule } from '@etl/pipeline/quality/rules';

function reasonsFor(quality: unknown): readonly string[] {
  const parsed = parseEvent({ detail: { s3Key: 'a.csv', batchDate: '2026-02-08', quality } });
  return parsed.ok ? [] : parsed.reasons;
}
const reasonsOf = (...rules: unknown[]) => reasonsFor({ rules });

test('accepts every metric with its keys', () => {
  const rules = [
    { metric: 'nullValues', column: 'a', name: 'no-nulls', level: 'warn' },
    { metric: 'missingValues', column: 'a', missingValues: ['', 'N/A'], mustBeLessThan: 5, unit: 'percent' },
    { metric: 'invalidValues', column: 'a', min: 0, max: '10' },
    {
      metric: 'invalidValues',
      column: 'a',
      allowed: ['ES', 1, true],
      pattern: '^[A-Z]{2}$',
      minLength: 1,
      maxLength: 2,
    },
    { metric: 'duplicateValues', columns: ['a', 'b'], level: 'hold' },
    { metric: 'duplicateValues', column: 'a', mustNotBeBetween: [1, 2] },
    { metric: 'rowCount', mustBeBetween: [1000, 5000] },
    { metric: 'rowCount', against: 'average', mustBeGreaterOrEqualTo: 50, unit: 'percent' },
    { metric: 'freshness', column: 'a', maxAgeDays: 2, timeZone: 'Europe/Madrid' },
  ];
  expect(reasonsFor({ rowCount: { min: 1 }, schemaDrift: 'freeze', rules })).toEqual([]);
});

const at = 'detail.quality.rules.0';
test.each<[unknown, string]>([
  ['x', `${at}: "x" must be an object, not a string`],
  [
    { metric: 'nulls', column: 'a' },
    `${at}.metric: "nulls" must be one of nullValues, missingValues, invalidValues, duplicateValues, rowCount, freshness`,
  ],
  [{ metric: 'nullValues' }, `${at}.column: is missing`],
  [{ metric: 'nullValues', column: 'a', max: 3 }, `${at}.max: unknown key`],
  [{ metric: 'nullValues', column: 'a', mustBe: '0' }, `${at}.mustBe: "0" must be a number, not a string`],
  [
    { metric: 'nullValues', column: 'a', mustBe: 1, mustBeLessThan: 2 },
    `${at}.mustBeLessThan: 2 is a second operator: write one per rule`,
  ],
  [
    { metric: 'nullValues', column: 'a', mustBeBetween: [2, 1] },
    `${at}.mustBeBetween: must have the lower bound first`,
  ],
  [{ metric: 'nullValues', column: 'a', level: 'stop' }, `${at}.level: "stop" must be one of block, hold, warn`],
  [{ metric: 'nullValues', column: 'a', unit: '%' }, `${at}.unit: "%" must be one of rows, percent`],
  [{ metric: 'nullValues', column: 'a', name: '' }, `${at}.name: "" must not be empty`],
  [{ metric: 'missingValues', column: 'a', missingValues: [] }, `${at}.missingValues: must have at least 1 entry`],
  [
    { metric: 'invalidValues', column: 'a' },
    `${at}: needs at least one of min, max, allowed, pattern, minLength, maxLength`,
  ],
  [{ metric: 'invalidValues', column: 'a', min: 5, max: 1 }, `${at}.max: 1 must not be less than min`],
  [
    { metric: 'invalidValues', column: 'a', min: '2026-12-31', max: '2026-01-01' },
    `${at}.max: "2026-01-01" must not be less than min`,
  ],
  [
    { metric: 'invalidValues', column: 'a', minLength: 5, maxLength: 1 },
    `${at}.maxLength: 1 must not be less than minLength`,
  ],
  [{ metric: 'invalidValues', column: 'a', min: true }, `${at}.min: must be a number or a text`],
  [
    { metric: 'invalidValues', column: 'a', allowed: [null] },
    `${at}.allowed.0: must be a number, a text, true or false`,
  ],
  [{ metric: 'duplicateValues' }, `${at}: needs either column or columns`],
  [{ metric: 'duplicateValues', column: 'a', columns: ['a'] }, `${at}: needs either column or columns`],
  [{ metric: 'rowCount', mustBe: 1, unit: 'percent' }, `${at}.unit: "percent" must be rows without against`],
  [{ metric: 'rowCount', mustBe: 1, against: 'previous' }, `${at}.unit: must be percent with against`],
  [
    { metric: 'freshness', column: 'a', maxAgeDays: 1, timeZone: 'Madrid' },
    `${at}.timeZone: "Madrid" is not an IANA time zone, such as Europe/Madrid`,
  ],
])('rejects %j with its key', (rule, reason) => {
  expect(reasonsOf(rule)).toEqual([reason]);
});

test('rejects a row count without an operator', () => {
  expect(reasonsOf({ metric: 'rowCount' })).toEqual([expect.stringContaining(`${at}: needs one of mustBe, mustNotBe`)]);
});

test.each([
  ['(?=a)b', 'invalid or unsupported Perl syntax: `(?=`'],
  ['(a)\\1', 'invalid escape sequence: `\\1`'],
  ['[z-a]', 'invalid character class range: `z-a`'],
  ['(', 'missing closing ): `(`'],
  ['((a{100}){100}){100}', 'invalid repeat count: `{100}`'],
])('rejects the pattern %s', (pattern, reason) => {
  expect(reasonsOf({ metric: 'invalidValues', column: 'a', pattern })).toEqual([
    `${at}.pattern: ${JSON.stringify(pattern)} is not a regular expression of RE2: ${reason}: write it without backreferences and look-around`,
  ]);
});

test('limits rules, patterns and lists', () => {
  const nulls = { metric: 'nullValues', column: 'a' };
  const many = (count: number, rule: unknown) => reasonsOf(...Array.from({ length: count }, () => rule));
  expect(many(100, nulls)).toEqual([]);
  expect(many(101, nulls)).toEqual(['detail.quality.rules: has more than 100 entries']);
  expect(many(11, { metric: 'duplicateValues', column: 'a' })).toEqual([
    'detail.quality.rules: has 11 rules with duplicateValues, more than the limit of 10',
  ]);
  const pattern = 'a'.repeat(1001);
  expect(reasonsOf({ metric: 'invalidValues', column: 'a', pattern: '[a-z]{1000}'.repeat(3) })).toEqual([
    `${at}.pattern: "[a-z]{1000}[a-z]{1000}[a-z]{1000}" compiles to 3002 instructions, more than the limit of 2000: repeat less`,
  ]);
  expect(reasonsOf({ metric: 'invalidValues', column: 'a', pattern })[0]).toMatch(
    /pattern: .* has more than 1000 char/,
  );
});

test('rules are part of the hash, and options without rules keep theirs', () => {
  const hash = (quality: unknown) => optionsHash(optionsSchema.parse({ quality }), 500_000);
  expect(hash({ rowCount: { min: 2 } })).toBe('1f3224c8f494194c');
  const rules = [{ metric: 'nullValues', column: 'a' }];
  expect(hash({ rules })).not.toBe(hash({ rules: [{ ...rules[0], mustBe: 1 }] }));
});

test('an unnamed rule is named after its metric and columns', () => {
  const rules: Rule[] = [
    { metric: 'nullValues', column: 'a', name: 'x' },
    { metric: 'duplicateValues', columns: ['a', 'b'] },
    { metric: 'rowCount', mustBe: 1 },
    { metric: 'rowCount', against: 'previous', mustBe: 1, unit: 'percent' },
  ];
  expect(rules.map(nameOf)).toEqual(['x', 'duplicateValues(a, b)', 'rowCount', 'rowCount against previous']);
});

test('two rules cannot have one name, because their results could not be told apart', () => {
  const rule = { metric: 'nullValues', column: 'a' };
  expect(reasonsOf({ ...rule, name: 'n' }, rule, rule, { ...rule, name: 'n' })).toEqual([
    'detail.quality.rules.3.name: "n" is the name of another rule, too',
  ]);
});
