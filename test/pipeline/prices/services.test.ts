import {
  monthlyUsd,
  snsUsd,
  sqsUsd,
  stateTransitionsUsd,
  temporalActionsUsd,
  temporalPlanUsd,
  workerMonthUsd,
} from '@etl/pipeline/prices/services';
import { lambdaUsd } from '@etl/pipeline/prices/tasks';

test('prices of engines are per million', () => {
  // 6 × $25 / 1,000,000; 9 × $50 / 1,000,000
  expect(stateTransitionsUsd(6)).toBeCloseTo(0.00015, 12);
  expect(temporalActionsUsd(9)).toBeCloseTo(0.00045, 12);
  expect(stateTransitionsUsd(1_000_000)).toBe(25);
  expect(temporalActionsUsd(1_000_000)).toBe(50);
});

test('the plan of Temporal Cloud costs a tenth of the usage', () => {
  expect(temporalPlanUsd(temporalActionsUsd(1_000_000))).toBeCloseTo(5, 12);
});

test('messages are billed per request', () => {
  expect(snsUsd(2_000_000)).toBeCloseTo(1, 12);
  expect(sqsUsd(2_000_000)).toBeCloseTo(0.8, 12);
});

test('a function is billed per request, by memory and by duration rounded up to 1 ms', () => {
  // $0.0000002 + 0.25 s × 0.5 GiB × $0.0000166667
  expect(lambdaUsd({ seconds: 0.25, memoryMiB: 512 })).toBeCloseTo(0.0000002 + 0.0000020833375, 15);
  expect(lambdaUsd({ seconds: 0.0101, memoryMiB: 1024 })).toBe(lambdaUsd({ seconds: 0.011, memoryMiB: 1024 }));
  // In floating point, 0.069 × 1000 is a little more than 69.
  expect(lambdaUsd({ seconds: 0.069, memoryMiB: 1024 })).toBeCloseTo(0.0000002 + 0.0000011500023, 15);
});

test('a month has 30 days, and the cost of its worker does not depend on files', () => {
  expect(monthlyUsd(0.002, 100)).toBeCloseTo(6, 12);
  // 720 h × (0.25 × $0.04048 + 0.5 × $0.004445)
  expect(workerMonthUsd()).toBeCloseTo(8.8866, 4);
});
