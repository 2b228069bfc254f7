import { keysAt } from '@etl/pipeline/dataset/jsonSchema';
import { parseEvent } from '@etl/pipeline/event';
import { optionsHash, optionsSchema } from '@etl/pipeline/options';

/** Returns the problems of a declared column `importe`. */
function problems(importe: unknown): readonly string[] {
  const parsed = parseEvent({ detail: { s3Key: 's3://b/k.csv', batchDate: '2026-02-08', columns: { importe } } });
  return parsed.ok ? [] : parsed.reasons;
}

describe('accepts', () => {
  test.each<[unknown]>([
    ...['text', 'integer', 'int32', 'double', 'boolean', 'date', 'time', 'timestamp', 'timestamptz', 'json'].map(
      (type): [unknown] => [type],
    ),
    ['decimal(1,0)'],
    ['decimal(38,38)'],
    [{ type: 'decimal(12,2)', decimal: ',', thousands: '.', required: true, nullValues: ['-'] }],
    [{ type: 'integer', thousands: ' ' }],
    [{ type: 'text', trim: true }],
    [{ type: 'boolean', trueValues: ['S'], falseValues: ['N', 'n'] }],
    [{ type: 'date', format: 'dd/MM/yyyy' }],
    [{ type: 'time', format: 'h:mm a' }],
    [{ type: 'timestamptz', format: "yyyy-MM-dd'T'HH:mm:ssXXX" }],
    [{ type: 'timestamptz', format: 'dd/MM/yyyy HH:mm', timeZone: 'Europe/Madrid' }],
  ])('%j', (importe) => {
    expect(problems(importe)).toEqual([]);
    expect(optionsSchema.parse({ columns: { importe } })).toEqual({ columns: { importe } });
  });
});

const types =
  'expected text, integer, int32, double, boolean, date, time, timestamp, timestamptz, json or decimal(p,s) with 1 ≤ p ≤ 38 and 0 ≤ s ≤ p';

describe('rejects a declaration with the path of its key', () => {
  test.each<[unknown, string]>([
    ['money', `detail.columns.importe: "money" is not a type: ${types}`],
    ['decimal(39,2)', `detail.columns.importe: "decimal(39,2)" is not a type: ${types}`],
    ['decimal(4,5)', `detail.columns.importe: "decimal(4,5)" is not a type: ${types}`],
    ['decimal(0,0)', `detail.columns.importe: "decimal(0,0)" is not a type: ${types}`],
    ['decimal', `detail.columns.importe: "decimal" is not a type: ${types}`],
    [7, `detail.columns.importe: 7 is not a type: ${types}`],
    [{ type: 'bigint' }, `detail.columns.importe.type: "bigint" is not a type: ${types}`],
    [{ required: true }, 'detail.columns.importe.type: is missing'],
    [{ type: 'text', requird: true }, 'detail.columns.importe.requird: unknown key'],
    [
      { type: 'integer', format: 'dd/MM/yyyy' },
      'detail.columns.importe.format: "dd/MM/yyyy" applies only to the types date, time, timestamp, timestamptz, but the column is of type integer',
    ],
    [
      { type: 'date', trim: true },
      'detail.columns.importe.trim: applies only to the types text, but the column is of type date',
    ],
    [
      { type: 'decimal(12,2)', decimal: '.', thousands: '.' },
      'detail.columns.importe.thousands: "." must differ from decimal',
    ],
    [
      { type: 'boolean', trueValues: ['S'] },
      'detail.columns.importe.falseValues: must be declared together with trueValues',
    ],
    [
      { type: 'boolean', trueValues: ['S', 'x'], falseValues: ['x'] },
      'detail.columns.importe.falseValues: has the text "x", which another key declares too',
    ],
    [
      { type: 'boolean', trueValues: ['-'], falseValues: ['x'], nullValues: ['-'] },
      'detail.columns.importe.trueValues: has the text "-", which another key declares too',
    ],
    [
      { type: 'timestamptz', timeZone: 'Madrid' },
      'detail.columns.importe.timeZone: "Madrid" is not an IANA time zone, such as Europe/Madrid',
    ],
    [
      { type: 'timestamptz', format: 'dd/MM/yyyy' },
      'detail.columns.importe.timeZone: is required, because the format has no UTC offset (X, XX, XXX or Z)',
    ],
    [
      { type: 'timestamptz', format: 'dd/MM/yyyy HH:mmX', timeZone: 'UTC' },
      'detail.columns.importe.timeZone: "UTC" has no effect, because the format has a UTC offset: leave it out',
    ],
    [
      { type: 'date', format: 'dd/MM/EEEE' },
      'detail.columns.importe.format: "dd/MM/EEEE" has the unsupported letters EEEE: write other text in quotes, like \'T\'',
    ],
  ])('%j', (importe, problem) => {
    expect(problems(importe)).toEqual([problem]);
  });
});

test('editors and did-you-mean know the keys of a column', () => {
  expect(keysAt(['columns', 'importe'])).toEqual(expect.arrayContaining(['type', 'required', 'format', 'timeZone']));
});

test('the hash of options without new keys stays the same, because commits and checkpoints contain it', () => {
  const options = {
    columns: { importe: 'double', fecha: 'date' },
    dialect: { decimal: ',', delimiter: ';' },
    rejects: { maxShare: 0.5 },
    quality: { rowCount: { min: 0 } },
  };
  expect(optionsHash(optionsSchema.parse(options), 500_000)).toBe('0d4965fb3b8a629e');
  expect(optionsHash(optionsSchema.parse({}), 500_000)).toBe('41a0c54f137febe4');
});
