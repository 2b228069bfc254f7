import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listPrices } from '@etl/pipeline/prices/table';
import { ConfigError } from '../../config/errors';
import { priceTable } from '../../config/prices';

const folder = mkdtempSync(join(tmpdir(), 'prices-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(text: string): string {
  const path = join(folder, 'prices.json');
  writeFileSync(path, text);
  return path;
}

test('without a price file, returns the list prices', () => {
  expect(priceTable({ ETL_PRICES: undefined })).toBe(listPrices);
});

test('reads a price file with a byte order mark', () => {
  const path = fileWith('\ufeff{"glue":{"dpuHour":1}}');
  expect(priceTable({ ETL_PRICES: path }).glue).toEqual({ dpuHour: 1, flexDpuHour: 0.29 });
});

test('reports an invalid value with variable, file, key and remedy', () => {
  const path = fileWith('{"glue":{"dpuHour":"x"}}');
  expect(() => priceTable({ ETL_PRICES: path })).toThrow(
    new ConfigError([`ETL_PRICES: ${path}: glue.dpuHour: "x" is not a price: write a number of US dollars`]),
  );
});

test('reports a missing file', () => {
  expect(() => priceTable({ ETL_PRICES: join(folder, 'none.json') })).toThrow(
    /ETL_PRICES: .*none\.json: .*: give the path of a JSON file/,
  );
});
