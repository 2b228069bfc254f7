import type { Options } from '@etl/pipeline/options';
import { Converter } from '../support/convert';
import { type OtherReaders, readWithOthers, type TextCell } from '../support/otherReaders';
import { testWithPyarrow } from './corpora/support';

let converter: Converter;
beforeAll(async () => {
  converter = await Converter.create();
});
afterAll(() => converter.remove());

const columns: Options['columns'] = {
  ...({ d1: 'decimal(1,0)', d18: 'decimal(18,2)', d19: 'decimal(19,4)', d38: 'decimal(38,10)' } as const),
  ...({ i: 'int32', t: 'time', z: 'timestamptz', j: 'json' } as const),
};

const micros = (iso: string): string => String(BigInt(Date.parse(iso)) * 1000n);

/** Rows as written, and as read. */
const rows: readonly (readonly [string, readonly TextCell[]])[] = [
  [
    '9,1234567890123456.78,123456789012345.6789,1234567890123456789012345678.0123456789,2147483647,10:30,2026-02-08T10:30+02:00,"{""a"": [1, 2.50]}"',
    [
      ...['9', '1234567890123456.78', '123456789012345.6789', '1234567890123456789012345678.0123456789'],
      ...['2147483647', '10:30:00', micros('2026-02-08T08:30Z'), '{"a": [1, 2.50]}'],
    ],
  ],
  [
    '-9,-0.01,-0.0001,-0.0000000001,-2147483648,00:00:00,1969-12-31 23:59:59.999999Z,null',
    ['-9', '-0.01', '-0.0001', '-0.0000000001', '-2147483648', '00:00:00', '-1', 'null'],
  ],
  [',,,,,,,', [null, null, null, null, null, null, null, null]],
  [
    '0,-9999999999999999.99,-999999999999999.9999,-9999999999999999999999999999.9999999999,0,23:59:59.999999,0001-01-01T00:00Z,"""ñ"""',
    [
      ...['0', '-9999999999999999.99', '-999999999999999.9999', '-9999999999999999999999999999.9999999999'],
      ...['0', '23:59:59.999999', micros('0001-01-01T00:00Z'), '"ñ"'],
    ],
  ],
  [
    '1,0,0,0,-7,12:00:00.25,9999-12-31T23:59:59.999999Z,[]',
    ['1', '0.00', '0.0000', '0.0000000000', '-7', '12:00:00.250000', '253402300799999999', '[]'],
  ],
  [
    '-1,0.01,0.0001,0.0000000001,1,05:05,2026-07-01 00:00 -05:00,12.50',
    ['-1', '0.01', '0.0001', '0.0000000001', '1', '05:05:00', micros('2026-07-01T05:00Z'), '12.50'],
  ],
];

/** Each row's number of copies in a row, and rows of a part. Each part of the first repeats one value, so it is in a dictionary. */
const shapes = { 'in dictionaries': [2, 2], 'without dictionaries': [1, 3], 'in one part': [1, 100] } as const;
const names = Object.keys(shapes) as (keyof typeof shapes)[];
const copies = (times: number) => rows.flatMap((row) => Array.from({ length: times }, () => row));

let read: OtherReaders[];
beforeAll(async () => {
  if (!process.env.ETL_TEST_PYTHON) return;
  const deliver = async (name: keyof typeof shapes): Promise<readonly string[]> => {
    const [times, chunkRows] = shapes[name];
    const lines = copies(times).map(([line], id) => `${id},${line}\n`);
    const csv = `id,${Object.keys(columns).join(',')}\n${lines.join('')}`;
    return (await converter.deliver(csv, { options: { columns, rejects: { maxRows: 0 } }, chunkRows })).parts;
  };
  read = await readWithOthers(await Promise.all(names.map(deliver)));
});

describe.each(names)('values %s', (name) => {
  testWithPyarrow('are the same in pyarrow, DuckDB and Polars, and filters find all of them', () => {
    const all = copies(shapes[name][0]);
    const { pyarrow, duckdb, polars, wrong, ...schema } = read[names.indexOf(name)] as OtherReaders;
    const wanted = all.map(([, cells], id) => [String(id), ...cells]);
    expect(pyarrow).toEqual(wanted);
    expect(duckdb).toEqual(wanted);
    expect(polars).toEqual(wanted);
    expect(wrong).toEqual([]);
    expect(schema).toEqual({
      types: [
        ['id', 'INT64', null, 'None', 'NONE'],
        ['d1', 'INT64', null, 'Decimal(precision=1, scale=0)', 'DECIMAL'],
        ['d18', 'INT64', null, 'Decimal(precision=18, scale=2)', 'DECIMAL'],
        ['d19', 'FIXED_LEN_BYTE_ARRAY', 9, 'Decimal(precision=19, scale=4)', 'DECIMAL'],
        ['d38', 'FIXED_LEN_BYTE_ARRAY', 16, 'Decimal(precision=38, scale=10)', 'DECIMAL'],
        ['i', 'INT32', null, 'None', 'NONE'],
        ['t', 'INT64', null, 'Time(isAdjustedToUTC=false, timeUnit=microseconds)', 'NONE'],
        [
          'z',
          'INT64',
          null,
          expect.stringContaining('Timestamp(isAdjustedToUTC=true, timeUnit=microseconds'),
          'TIMESTAMP_MICROS',
        ],
        ['j', 'BYTE_ARRAY', null, 'JSON', 'JSON'],
      ],
      arrow: [
        ...['int64', 'decimal128(1, 0)', 'decimal128(18, 2)', 'decimal128(19, 4)', 'decimal128(38, 10)'],
        ...['int32', 'time64[us]', 'timestamp[us, tz=UTC]', 'extension<arrow.json>'],
      ],
      ranges: Array.from({ length: 9 }, () => true),
    });
  });
});
