import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Budget } from '@etl/pipeline/budgets';
import { budgets } from '@etl/pipeline/definition';
import { failureTypes } from '@etl/pipeline/failures';

const document = readFileSync(join(__dirname, '..', '..', 'docs', 'fargate.md'), 'utf8');
const rows = document
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|').map((cell) => cell.trim()));

test('docs/fargate.md lists every failure type with its budget and exit codes', () => {
  const documented = rows.filter(([, type = '']) => /^`\w+`$/.test(type));
  expect(
    documented.map(([, type = '', budget, codes = '']) => [type.slice(1, -1), budget, codes.match(/\d+/g) ?? []]),
  ).toEqual(Object.entries(failureTypes).map(([type, { budget, exitCodes }]) => [type, budget, exitCodes.map(String)]));
});

test('docs/fargate.md lists every budget with its figures', () => {
  const described = (budget: Budget) => [
    `${budget.maxRetries}`,
    `${budget.intervalSeconds} s`,
    `${budget.backoffRate}`,
    `${budget.maxIntervalSeconds} s`,
    `${Math.round(budget.jitter * 100)} %`,
  ];
  for (const [name, budget] of Object.entries(budgets)) {
    if (typeof budget === 'number') continue;
    expect(rows.find(([, first]) => first === name)?.slice(2, 7)).toEqual(described(budget));
  }
  expect(document).toContain(`After ${budgets.spotLossesBeforeOnDemand} Spot losses`);
  expect(document).toContain(`${budgets.maxMemoryMiB} MiB`);
});
