import { createLiteralParser, createTexts } from '@etl/image/quality/values';
import type { Value } from '@etl/image/types/reader';
import type { ColumnPlan } from '@etl/image/types/schema';
import type { ColumnType } from '@etl/pipeline/columns/types';

const planOf = (type: ColumnType): ColumnPlan => ({
  ...{ name: 'a', sourceName: 'a', type, declared: true, coerces: false, watch: 'nothing' },
  // The notation of the file does not matter.
  ...{ decimal: ',', dateOrder: 'mdy', rules: { nullValues: ['1'] } },
});
const micros = (text: string): bigint => BigInt(Date.parse(text)) * 1000n;

test.each<[ColumnType, string, Value]>([
  ['text', ' a,b ', ' a,b '],
  ['integer', '-12', -12n],
  ['int32', '1', 1n],
  ['double', '1.5', 1.5],
  ['boolean', 'true', true],
  ['decimal(9,2)', '-0.05', -5n],
  ['decimal(38,0)', '12345678901234567890', 12345678901234567890n],
  ['date', '2026-02-08', micros('2026-02-08')],
  ['date', '0001-01-01', micros('0001-01-01T00:00:00Z')],
  ['time', '23:05:09', 83_109_000_000n],
  ['time', '00:00:00.000001', 1n],
  ['timestamp', '1969-12-31T23:59:59.999999', -1n],
  ['timestamp', '2026-02-08T10:00:00', micros('2026-02-08T10:00:00Z')],
  ['timestamptz', '2026-02-08T10:00:00.500000Z', micros('2026-02-08T10:00:00.500Z')],
])('a value of type %s is written as %s', (type, text, value) => {
  expect(createTexts(planOf(type))(value)).toBe(text);
  expect(createLiteralParser(planOf(type))(text)).toBe(value);
});

test.each<[ColumnType, string | number | boolean, Value | undefined]>([
  ['text', 1, '1'],
  ['text', true, 'true'],
  ['integer', 7, 7n],
  ['integer', 7.5, undefined],
  ['decimal(9,2)', 7.5, 750n],
  ['date', '08/02/2026', micros('2026-02-08')],
  ['timestamptz', '2026-02-08T10:00:00', undefined],
  ['boolean', false, false],
])('a literal of a column of type %s: %p is %p', (type, literal, value) => {
  expect(createLiteralParser(planOf(type))(literal)).toBe(value);
});
