import { steps } from '@etl/pipeline/definition';
import { budgetOf, exitCodes, failureTypeOfExitCode, failureTypes } from '@etl/pipeline/failures';

describe('the failure table', () => {
  test('maps each exit code to exactly one failure type', () => {
    const codes = Object.values(failureTypes).flatMap((type) => [...type.exitCodes]);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of Object.values(exitCodes)) if (code !== 0) expect(codes).toContain(code);
  });

  test('never retries bad data, missing input, held batches or bad configuration, but crashes and outages', () => {
    for (const code of [65, 66, 76, 78]) expect(budgetOf(failureTypeOfExitCode(code))).toBe('none');
    for (const code of [1, 2, 69, 74, 75, 139, 143]) expect(budgetOf(failureTypeOfExitCode(code))).toBe('application');
    expect(budgetOf(failureTypeOfExitCode(137))).toBe('infrastructure');
    for (const type of ['Timeout', 'InvalidInput', 'nonsense']) expect(budgetOf(type)).toBe('none');
  });

  test('every step has an attempt timeout and a total timeout, or is bounded by the plan', () => {
    const byPlan: string[] = [];
    for (const [name, { attemptTimeoutSeconds: attempt, totalTimeoutSeconds: total }] of Object.entries(steps)) {
      if (attempt !== 'byPlan') expect(attempt).toBeGreaterThan(0);
      if (attempt === 'byPlan' || total === 'byPlan') byPlan.push(name);
      else expect(total).toBeGreaterThanOrEqual(attempt);
    }
    expect(byPlan).toEqual(['launchTask', 'awaitTask']);
  });
});
