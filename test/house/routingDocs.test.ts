import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeBytes } from '@etl/lib/amounts';
import { budgets } from '@etl/pipeline/definition';
import { ceilingBytes, expansion, lightLimits, lightMemoryMiB, policyTable } from '@etl/pipeline/routing/policy';

const text = readFileSync(join(__dirname, '..', '..', 'docs', 'routing.md'), 'utf8').replace(/\s+/g, ' ');

test('docs/routing.md contains the policy', () => {
  expect(text).toContain(`<!-- policy --> ${policyTable().replace(/\s+/g, ' ')} <!-- /policy -->`);
});

test('docs/routing.md contains the figures of the policy', () => {
  expect(expansion).toEqual({ none: 1, gzip: 8, zstd: 8 });
  expect(text).toContain('counts eight times what is stored');
  expect(text).toContain(`A file of more than ${describeBytes(ceilingBytes)} is rejected`);
  expect(text).toContain(`above ${describeBytes(lightLimits.mostBytes)} decoded`);
  expect(text).toContain(`${describeBytes(lightLimits.scratchBytes)} of \`/tmp\``);
  expect(text).toContain(`at most ${lightLimits.timeoutSeconds} in the light lane`);
  expect(text).toContain(`${lightMemoryMiB.toLocaleString('en-US')} MB of memory`);
  expect(budgets.spotLossesBeforeOnDemand).toBe(2);
});
