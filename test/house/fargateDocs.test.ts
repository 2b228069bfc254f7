import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Budget } from '@etl/pipeline/budgets';
import { budgets } from '@etl/pipeline/definition';

const document = readFileSync(join(__dirname, '..', '..', 'docs', 'fargate.md'), 'utf8');
const rows = document
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|').map((cell) => cell.trim()));

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
