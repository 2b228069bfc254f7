import { pricesTable } from '@etl/pipeline/prices/document';
import { parsePrices } from '@etl/pipeline/prices/priceFile';
import { listPrices } from '@etl/pipeline/prices/table';

const problemsOf = (text: string): readonly string[] => {
  const parsed = parsePrices(text);
  return parsed.ok ? [] : parsed.problems;
};

test('replaces the given prices and keeps all others', () => {
  const parsed = parsePrices(
    '{"region":"eu-west-1","fargate":{"vcpuHour":0.05,"arm":{"vcpuHour":0.04}},"glue":{"dpuHour":0.5}}',
  );
  expect(parsed).toEqual({
    ok: true,
    prices: {
      ...listPrices,
      region: 'eu-west-1',
      fargate: { ...listPrices.fargate, vcpuHour: 0.05, arm: { ...listPrices.fargate.arm, vcpuHour: 0.04 } },
      glue: { ...listPrices.glue, dpuHour: 0.5 },
    },
  });
});

test('accepts an empty object and a price of 0', () => {
  expect(parsePrices('{}')).toEqual({ ok: true, prices: listPrices });
  expect(parsePrices('{"sns":{"millionRequests":0}}')).toMatchObject({
    ok: true,
    prices: { sns: { millionRequests: 0 } },
  });
});

test.each([
  ['{"fargate":{"vcpuhour":1}}', 'fargate.vcpuhour: unknown key: remove it or correct its name'],
  ['{"ec2":{}}', 'ec2: unknown key: remove it or correct its name'],
  ['{"glue":{"dpuHour":"0.44"}}', 'glue.dpuHour: "0.44" is not a price: write a number of US dollars'],
  ['{"glue":{"dpuHour":-1}}', 'glue.dpuHour: -1 is negative: write a price of 0 or more'],
  ['{"fargate":{"spotDiscount":70}}', 'fargate.spotDiscount: 70 is not a share: write a number from 0 to 1'],
  ['{"date":"2026-13"}', 'date: "2026-13" is not a month: write YYYY-MM'],
  ['[]', 'is not a JSON object: write {"fargate":{"vcpuHour":0.04048}}'],
])('reports the problem of %s with its key and a remedy', (text, problem) => {
  expect(problemsOf(text)).toEqual([problem]);
});

test('reports invalid JSON', () => {
  expect(problemsOf('{"fargate":')[0]).toMatch(/^invalid JSON: .*: correct the syntax$/);
});

test('describes every price of the table', () => {
  const rows = pricesTable(listPrices).split('\n').slice(2);
  expect(rows).toContain('| `lambda.gibSecond` | 0.0000166667 | Lambda on x86: a GiB of memory for a second |');
  for (const row of rows) expect(row).not.toMatch(/\|\s+\|$/);
});
