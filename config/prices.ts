import { readFileSync } from 'node:fs';
import { causeOf } from '@etl/pipeline/causes/causeOf';
import { parsePrices } from '@etl/pipeline/prices/priceFile';
import { listPrices, type PriceTable } from '@etl/pipeline/prices/table';
import type { Config } from './environment';
import { ConfigError } from './errors';

/**
 * Returns the price table: the list prices, with the values of the price file (ETL_PRICES) if there is one.
 *
 * @throws {ConfigError} when the price file cannot be read or has invalid values
 */
export function priceTable({ ETL_PRICES: path }: Pick<Config, 'ETL_PRICES'>): PriceTable {
  if (path === undefined) return listPrices;
  const parsed = parsePrices(textOf(path));
  if (!parsed.ok) throw new ConfigError(parsed.problems.map((problem) => `ETL_PRICES: ${path}: ${problem}`));
  return parsed.prices;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    const reason = causeOf(error)?.sentence ?? (error as Error).message;
    throw new ConfigError([`ETL_PRICES: ${path}: ${reason}: give the path of a JSON file (docs/cost.md)`]);
  }
}
