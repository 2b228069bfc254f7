import { parseJson } from '@etl/lib/json';
import { describeIssue } from '@etl/lib/schemaIssues';
import * as z from 'zod';
import { listPrices, type PriceTable } from './table';

const usd = z
  .number('is not a price: write a number of US dollars')
  .nonnegative('is negative: write a price of 0 or more');
const share = z
  .number('is not a share: write a number from 0 to 1')
  .min(0, 'is not a share: write a number from 0 to 1')
  .max(1, 'is not a share: write a number from 0 to 1');

const schema = z.strictObject({
  region: z.string().min(1, 'is empty: write a region such as eu-west-1').optional(),
  date: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'is not a month: write YYYY-MM')
    .optional(),
  fargate: z
    .strictObject({
      vcpuHour: usd,
      memoryGiBHour: usd,
      storageGiBHour: usd,
      spotDiscount: share,
      savingsPlanDiscount: share,
      arm: z.strictObject({ vcpuHour: usd, memoryGiBHour: usd }).partial(),
    })
    .partial()
    .optional(),
  lambda: z
    .strictObject({
      gibSecond: usd,
      millionRequests: usd,
      storageGiBSecond: usd,
      arm: z.strictObject({ gibSecond: usd }).partial(),
    })
    .partial()
    .optional(),
  glue: z.strictObject({ dpuHour: usd, flexDpuHour: usd }).partial().optional(),
  emrServerless: z.strictObject({ vcpuHour: usd, memoryGiBHour: usd }).partial().optional(),
  stepFunctions: z.strictObject({ millionTransitions: usd }).partial().optional(),
  temporalCloud: z.strictObject({ millionActions: usd, planShare: share }).partial().optional(),
  sns: z.strictObject({ millionRequests: usd }).partial().optional(),
  sqs: z.strictObject({ millionRequests: usd }).partial().optional(),
});

export type ParsedPrices =
  | { readonly ok: true; readonly prices: PriceTable }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Returns the list prices, with the values of a price file in place of the listed ones. A price file has the keys of
 * `PriceTable`, all of them optional. Each problem begins with the key and ends with the remedy.
 */
export function parsePrices(text: string): ParsedPrices {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    const reason = (error as Error).message.split('\n', 1)[0];
    return { ok: false, problems: [`invalid JSON: ${reason}: correct the syntax`] };
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return { ok: false, problems: ['is not a JSON object: write {"fargate":{"vcpuHour":0.04048}}'] };
  const parsed = schema.safeParse(value);
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, value)) };
  return { ok: true, prices: merged(listPrices, parsed.data) };
}

function problemsOf(issue: z.core.$ZodIssue, value: object): string[] {
  const problems = describeIssue(issue, [], value);
  return issue.code === 'unrecognized_keys'
    ? problems.map((problem) => `${problem}: remove it or correct its name`)
    : problems;
}

/** Returns the table with the given values. Merges objects and replaces other values. */
function merged<T extends object>(table: T, values: object): T {
  const given = values as Readonly<Record<string, unknown>>;
  const entries = Object.entries(table).map(([key, listed]) => {
    const value = given[key];
    if (value === undefined) return [key, listed];
    return [key, typeof listed === 'object' ? merged(listed as object, value as object) : value];
  });
  return Object.fromEntries(entries) as T;
}
