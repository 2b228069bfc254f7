import { createExaminer, createReader } from '@etl/image/types/reader';
import type { ColumnPlan } from '@etl/image/types/schema';
import { evidenceOf } from '@etl/image/types/texts';
import { isSlow } from '../support/linear';

const plan = (changes: Partial<ColumnPlan>) => ({ decimal: '.', dateOrder: 'dmy', ...changes }) as ColumnPlan;

/** Whatever is asked about a cell, which may be as long as a row. */
const readers: Record<string, (text: string) => unknown> = {
  evidence: (text) => evidenceOf(text, { dates: true }),
  integer: (text) => createReader(plan({ type: 'integer' }))(text),
  double: (text) => createReader(plan({ type: 'double' }))(text),
  'double with a comma': (text) => createReader(plan({ type: 'double', decimal: ',' }))(text),
  boolean: (text) => createReader(plan({ type: 'boolean' }))(text),
  timestamp: (text) => createReader(plan({ type: 'timestamp' }))(text),
  decimal: (text) => createReader(plan({ type: 'decimal(38,10)' }))(text),
  'integer with thousands': createReader(plan({ type: 'integer', rules: { thousands: ',', decimal: '.' } })),
  'double with thousands': createReader(plan({ type: 'double', rules: { thousands: ' ' } })),
  'evidence of a decimal': (text) =>
    createExaminer(plan({ type: 'decimal(38,10)', rules: { thousands: "'" } }))?.(text),
  'trimmed text': createReader(plan({ type: 'text', rules: { trim: true } })),
  time: createReader(plan({ type: 'time' })),
  'date in a format': createReader(plan({ type: 'date', rules: { format: "d.M.yyyy 'of'" } })),
  json: createReader(plan({ type: 'json' })),
};

/** Each ends in what makes a pattern fail after it has matched nearly everything. */
const hostile: Record<string, (length: number) => string> = {
  'zeros within an integer': (length) => `1${'0'.repeat(length)}1`,
  'zeros within decimals': (length) => `1.${'0'.repeat(length)}1`,
  'zeros behind a comma': (length) => `1,${'0'.repeat(length)}1`,
  'zeros in front of a point': (length) => `1${'0'.repeat(length)}.5`,
  'zeros in front': (length) => `-${'0'.repeat(length)}x`,
  digits: (length) => `${'1'.repeat(length)}x`,
  'an exponent': (length) => `1e${'1'.repeat(length)}x`,
  spaces: (length) => `1${' '.repeat(length)}x`,
  signs: (length) => `${'-'.repeat(length)}1`,
  dates: (length) => `${'2026-02-08 '.repeat(length / 11)}!`,
  'groups of zeros': (length) => `1${',000'.repeat(length / 4)}x`,
  'white space within': (length) => `a${' \t'.repeat(length / 2)}b`,
  brackets: (length) => '['.repeat(length),
  months: (length) => `8${' of '.repeat(length / 4)}feb`,
};

test.each(Object.keys(readers))('%s of a cell takes linear time', (name) => {
  const read = readers[name] as (text: string) => unknown;
  const slow = Object.entries(hostile).filter(([, make]) => isSlow(read, make) && isSlow(read, make));
  expect(slow.map(([kind]) => kind)).toEqual([]);
});
