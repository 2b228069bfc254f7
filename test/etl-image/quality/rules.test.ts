import type { Options } from '@etl/pipeline/options';
import { describeResult, type QualityResult } from '@etl/pipeline/quality/results';
import type { Rule } from '@etl/pipeline/quality/rules';
import { Converter } from '../../support/convert';

const csv = `pedido,linea,cliente,pais,importe,stock,fecha,activo,hora
1,1,ana,ES,10.50,5,2026-02-06,true,2026-02-08T10:00:00Z
1,2,ana,FR,20.00,-1,2026-02-07,false,2026-02-08T20:00:00+02:00
2,1,,N/A,0.00,7,2026-02-01,true,2026-02-07T00:00:00Z
,,,,,,,,

1,1,luis,ES,-3.25,9,,TRUE,
2,1,"máx,
imo",ZZ,99999.99,0,2026-02-07,,2026-02-08T21:30:00Z
x,2,rechazado,ES,1.00,1,2026-02-08,true,
3,,eva,ES,1.00,1,2026-02-07,true,
2,1,ana,es,7.00,7,2026-02-05,false,
`;
const options: Options = {
  columns: { pedido: 'integer', importe: 'decimal(12,2)', hora: 'timestamptz', fecha: 'date' },
  rejects: { maxShare: 1 },
};

type Facts = Partial<Pick<QualityResult, 'outcome' | 'value' | 'reason' | 'lines'>>;
const cases: readonly (readonly [Rule, Facts])[] = [
  [
    { metric: 'nullValues', column: 'pedido' },
    { outcome: 'passed', value: 0 },
  ],
  [
    { metric: 'nullValues', column: 'cliente' },
    { outcome: 'failed', value: 1 },
  ],
  [
    { metric: 'nullValues', column: 'fecha', mustBeLessThan: 2 },
    { outcome: 'passed', value: 1 },
  ],
  [
    { metric: 'nullValues', column: 'activo', unit: 'percent', mustBeBetween: [14, 15] },
    { outcome: 'passed', value: 14.2857 },
  ],
  [
    { metric: 'nullValues', column: 'ciudad' },
    { outcome: 'notEvaluable', reason: 'the file has no column ciudad' },
  ],
  [
    { metric: 'missingValues', column: 'pais', missingValues: ['', 'N/A'] },
    { outcome: 'failed', value: 1 },
  ],
  [
    { metric: 'missingValues', column: 'stock', missingValues: ['-1', '0'] },
    { outcome: 'failed', value: 2 },
  ],
  [
    { metric: 'missingValues', column: 'importe', missingValues: ['0', 'n/a'] },
    { outcome: 'failed', value: 1 },
  ],
  [
    { metric: 'missingValues', column: 'cliente', missingValues: ['x'], mustBe: 1 },
    { outcome: 'passed', value: 1 },
  ],
  [
    { metric: 'invalidValues', column: 'importe', min: 0 },
    { outcome: 'failed', value: 1 },
  ],
  [
    { metric: 'invalidValues', column: 'importe', min: -3.251, max: '99999.99' },
    { outcome: 'passed', value: 0 },
  ],
  [
    { metric: 'invalidValues', column: 'importe', max: 99999.985 },
    { outcome: 'failed', value: 1 },
  ],
  [
    { metric: 'invalidValues', column: 'importe', max: 1e30 },
    { outcome: 'passed', value: 0 },
  ],
  [
    { metric: 'invalidValues', column: 'stock', min: 0.5 },
    { outcome: 'failed', value: 2 },
  ],
  [
    { metric: 'invalidValues', column: 'fecha', min: '2026-02-02' },
    { outcome: 'failed', value: 1 },
  ],
  [
    { metric: 'invalidValues', column: 'hora', max: '2026-02-08T18:00:00Z' },
    { outcome: 'failed', value: 1 },
  ],
  [
    { metric: 'invalidValues', column: 'pais', min: 1 },
    { outcome: 'notEvaluable', reason: 'pais is of type text, to which its min does not apply' },
  ],
  [
    { metric: 'invalidValues', column: 'fecha', max: 'mañana' },
    { outcome: 'notEvaluable', reason: 'fecha is of type date, to which its max does not apply' },
  ],
  [
    { metric: 'invalidValues', column: 'pais', allowed: ['ES', 'FR', 'N/A'] },
    { outcome: 'failed', value: 2 },
  ],
  [
    { metric: 'invalidValues', column: 'stock', allowed: [5, -1, '7', 9, 0, 1] },
    { outcome: 'passed', value: 0 },
  ],
  [
    { metric: 'invalidValues', column: 'activo', allowed: [true] },
    { outcome: 'failed', value: 2 },
  ],
  [
    { metric: 'invalidValues', column: 'pais', pattern: '^[A-Z]{2}$' },
    { outcome: 'failed', value: 2 },
  ],
  [
    { metric: 'invalidValues', column: 'pais', pattern: '(?i)^[a-z]{2}$' },
    { outcome: 'failed', value: 1 },
  ],
  [
    { metric: 'invalidValues', column: 'importe', pattern: '^-?\\d+\\.\\d{2}$' },
    { outcome: 'passed', value: 0 },
  ],
  [
    { metric: 'invalidValues', column: 'fecha', pattern: '^2026-02-0[567]$' },
    { outcome: 'failed', value: 1 },
  ],
  [
    { metric: 'invalidValues', column: 'hora', pattern: '^2026-02-08T1[08]:00:00Z$' },
    { outcome: 'failed', value: 2 },
  ],
  [
    { metric: 'invalidValues', column: 'cliente', minLength: 3, maxLength: 4, mustBeLessOrEqualTo: 1 },
    { outcome: 'passed', value: 1 },
  ],
  [
    { metric: 'invalidValues', column: 'cliente', maxLength: 8, pattern: 'a|i' },
    { outcome: 'passed', value: 0 },
  ],
  [
    { metric: 'duplicateValues', columns: ['pedido', 'linea'] },
    { outcome: 'failed', value: 3, lines: [7, 8, 12] },
  ],
  [
    { metric: 'duplicateValues', columns: ['pedido', 'linea', 'pais'], mustBe: 1 },
    { outcome: 'passed', value: 1, lines: [7] },
  ],
  [
    { metric: 'duplicateValues', columns: ['pedido', 'importe'] },
    { outcome: 'passed', value: 0 },
  ],
  [{ metric: 'duplicateValues', column: 'cliente', unit: 'percent', mustBeGreaterThan: 28 }, { outcome: 'passed' }],
  [
    { metric: 'duplicateValues', columns: ['pedido', 'ciudad'] },
    { outcome: 'notEvaluable', reason: 'the file has no column ciudad' },
  ],
  [
    { metric: 'rowCount', mustBeBetween: [1, 6] },
    { outcome: 'failed', value: 7 },
  ],
  [
    { metric: 'rowCount', mustNotBeBetween: [1, 6] },
    { outcome: 'passed', value: 7 },
  ],
  [
    { metric: 'rowCount', mustNotBe: 7 },
    { outcome: 'failed', value: 7 },
  ],
  [
    { metric: 'rowCount', against: 'previous', unit: 'percent', mustBe: 100 },
    { outcome: 'notEvaluable', reason: 'there is no earlier batch' },
  ],
  [
    { metric: 'freshness', column: 'fecha', maxAgeDays: 1 },
    { outcome: 'passed', value: 1 },
  ],
  [
    { metric: 'freshness', column: 'fecha', maxAgeDays: 0.5 },
    { outcome: 'failed', value: 1 },
  ],
  [
    { metric: 'freshness', column: 'hora', maxAgeDays: 1 },
    { outcome: 'passed', value: 0.1042 },
  ],
  [
    { metric: 'freshness', column: 'hora', maxAgeDays: 1, timeZone: 'America/New_York' },
    { outcome: 'passed', value: 0.3125 },
  ],
  [
    { metric: 'freshness', column: 'stock', maxAgeDays: 1 },
    { outcome: 'notEvaluable', reason: 'stock is of type integer, and not a date or timestamp' },
  ],
];
const rules = cases.map(([rule]): Rule => ({ ...rule, level: 'warn' }));

let converter: Converter;
beforeAll(async () => {
  converter = await Converter.create();
});
afterAll(() => converter.remove());

async function evaluate(text: string, more: Parameters<Converter['deliver']>[1] = {}, these = rules) {
  const all = { ...options, ...more.options, quality: { rowCount: { min: 0 }, rules: these } };
  const { manifest } = await converter.deliver(text, { ...more, options: all });
  return manifest;
}

const portable: Options = { columns: { ...options.columns, importe: 'double' } };

describe.each([
  ['in one part', 500_000],
  ['across parts', 2],
  ['in parts of one row', 1],
])('rules %s', (_name, chunkRows) => {
  test('pass, fail or cannot be evaluated', async () => {
    const { quality = [], totals } = await evaluate(csv, { chunkRows });
    expect(totals).toMatchObject({ rowsRead: 10, rowsWritten: 7, rowsBlank: 2, rowsRejected: 1 });
    expect(quality.map(({ outcome, value, reason, lines }) => ({ outcome, value, reason, lines }))).toEqual(
      cases.map(([, facts], at) => ({
        value: quality[at]?.value,
        reason: undefined,
        lines: quality[at]?.lines,
        ...facts,
      })),
    );
  });

  test('have the same results in both engines', async () => {
    // The portable engine has no decimals.
    const [kernel, other] = await Promise.all(
      (['kernel', 'portable'] as const).map((engine) => evaluate(csv, { chunkRows, engine, options: portable })),
    );
    expect(other?.quality).toHaveLength(rules.length);
    expect(other?.quality).toEqual(kernel?.quality);
  });
});

test('rules that only warn become warnings of the manifest, without values', async () => {
  const { warnings, quality = [] } = await evaluate(csv);
  const failed = quality.filter(({ outcome }) => outcome !== 'passed');
  expect(warnings.filter((text) => text.startsWith('quality rule '))).toEqual(
    failed.map((result) => `quality rule ${describeResult(result)}`),
  );
  expect(warnings).toContain('quality rule duplicateValues(pedido, linea): 3 rows, must be 0 (such as line 7, 8, 12)');
  expect(JSON.stringify([quality, warnings])).not.toMatch(/luis|99999|rechazado/);
});

test('a file without rows has no values, and only counts can be evaluated', async () => {
  const { quality = [] } = await evaluate('fecha,a\n', { options: { columns: { fecha: 'date' } } }, [
    { metric: 'freshness', column: 'fecha', maxAgeDays: 1, level: 'warn' },
    { metric: 'nullValues', column: 'a', unit: 'percent' },
    { metric: 'duplicateValues', column: 'a' },
  ]);
  expect(quality.map(({ outcome, value }) => [outcome, value])).toEqual([
    ['notEvaluable', undefined],
    ['passed', 0],
    ['passed', 0],
  ]);
});

test.each([500_000, 2])(
  'a column that a later row widens is measured under its last type (parts of %i rows)',
  async (chunkRows) => {
    const text = `a,b\n7,1\n07,2\n7.0,3\n7,4\n${'8,5\n'.repeat(3)}`;
    const { quality = [], schema } = await evaluate(text, { chunkRows, options: { columns: {} } }, [
      { metric: 'duplicateValues', column: 'a', level: 'warn' },
      { metric: 'invalidValues', column: 'a', min: 0, level: 'warn' },
      { metric: 'invalidValues', column: 'a', maxLength: 1, level: 'warn' },
    ]);
    expect(schema[0]?.type).toBe('text');
    expect(quality.map(({ outcome, value }) => [outcome, value])).toEqual([
      ['failed', 3],
      ['notEvaluable', undefined],
      ['failed', 2],
    ]);
  },
);

test('a hundred rules are evaluated together', async () => {
  const many = Array.from({ length: 100 }, (_, at): Rule => {
    const shift = at % 10;
    return { metric: 'invalidValues', column: 'a', min: shift, name: `r${at}`, level: 'warn' };
  });
  const text = `a\n${Array.from({ length: 50 }, (_, n) => `${n % 10}\n`).join('')}`;
  const { quality = [] } = await evaluate(text, { chunkRows: 7, options: { columns: {} } }, many);
  expect(quality.map(({ value }) => value)).toEqual(many.map((_, at) => 5 * (at % 10)));
});

test('a pattern with nested repetitions takes linear time', async () => {
  const text = `a\n${'a'.repeat(30_000)}!\n${'a'.repeat(70_000)}\n`;
  const { quality = [] } = await evaluate(text, { options: { columns: {} } }, [
    { metric: 'invalidValues', column: 'a', pattern: '^(a+)+$', level: 'warn' },
    { metric: 'invalidValues', column: 'a', pattern: '^(a|aa)*$', level: 'warn' },
  ]);
  // A text of more than 65,536 characters is not matched.
  expect(quality.map(({ value }) => value)).toEqual([2, 2]);
});
