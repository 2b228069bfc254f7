import { CliError } from '@etl/lib/cliError';
import { cliExitCodes } from '../errors';

const bytesOf: Readonly<Record<string, number>> = {
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};
const mibOf: Readonly<Record<string, number>> = { mb: 1, mib: 1, gb: 1024, gib: 1024 };

/** Parses an option that takes a size of files, such as `10GB` (10^9 bytes each) or `10GiB`. Returns bytes. */
export function fileSize(text: string): number {
  return amount(text, bytesOf, '10GB');
}

/** Parses an option that takes memory, such as `8GB` or `8192MB`. A GB is 1024 MB, as in AWS prices. Returns MiB. */
export function memory(text: string): number {
  return amount(text, mibOf, '8GB');
}

/** Parses an option that takes a number above 0. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (/^[\d.]+$/.test(text) && Number.isFinite(value) && value > 0) return value;
  throw new CliError(`${text} is not a number above 0`, 'Use digits, e.g. 0.5', cliExitCodes.usage);
}

function amount(text: string, units: Readonly<Record<string, number>>, example: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined;
  const value = factor === undefined ? 0 : Math.round(Number(digits) * factor);
  if (value > 0) return value;
  throw new CliError(`${text} is not a size`, `Use a number with a unit, e.g. ${example}`, cliExitCodes.usage);
}
