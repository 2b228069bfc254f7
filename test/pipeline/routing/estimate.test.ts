import { lambdaUsd, taskCostUsd } from '@etl/pipeline/prices/tasks';
import {
  bytesPerStreamSecond,
  bytesPerVcpuSecond,
  estimateLight,
  estimateRun,
  lambdaMiBPerVcpu,
  paidStartSeconds,
  publishSeconds,
  taskStartSeconds,
} from '@etl/pipeline/routing/estimate';

const size = { cpu: 2048, memoryMiB: 4096 };
const gigabyte = 1e9;

describe('estimateRun', () => {
  test('adds the start, the conversion and the commit of one task', () => {
    const estimate = estimateRun({ bytes: 85 * gigabyte, size, tasks: 1, spot: false });
    const seconds = (85 * gigabyte) / bytesPerStreamSecond + publishSeconds;
    expect(estimate.seconds).toBeCloseTo(taskStartSeconds + seconds, 1);
    expect(estimate.costUsd).toBeCloseTo(taskCostUsd({ size, spot: false, seconds: paidStartSeconds + seconds }), 5);
  });

  test('is slower with less CPU, and not faster with more CPU than one S3 stream can feed', () => {
    const at = (cpu: number, source: 's3' | 'file') =>
      estimateRun({ bytes: 10 * gigabyte, size: { cpu, memoryMiB: 8192 }, tasks: 1, spot: false, source }).seconds;
    expect(at(512, 's3')).toBeGreaterThan(at(1024, 's3'));
    expect(at(4096, 's3')).toBe(at(2048, 's3'));
    expect(at(4096, 'file')).toBeLessThan(at(2048, 'file'));
    expect(at(1024, 'file')).toBeCloseTo(taskStartSeconds + (10 * gigabyte) / bytesPerVcpuSecond + publishSeconds, 1);
  });

  test('runs several tasks in three successive stages, at the cost of all of them', () => {
    const shape = { bytes: 100 * gigabyte, size, spot: true, source: 'file' } as const;
    const [one, four, eight] = [1, 4, 8].map((tasks) => estimateRun({ ...shape, tasks }));
    expect(eight?.seconds).toBeLessThan(four?.seconds ?? 0);
    expect(four?.seconds).toBeLessThan(one?.seconds ?? 0);
    expect(eight?.costUsd).toBeGreaterThan(one?.costUsd ?? 0);
    expect(eight?.tasks).toBe(8);
  });

  test('charges a task for at least a minute', () => {
    const tiny = estimateRun({ bytes: 1, size, tasks: 1, spot: false });
    expect(tiny.costUsd).toBeCloseTo(taskCostUsd({ size, spot: false, seconds: 60 }), 6);
  });
});

test('charges a function by its memory, and a process nothing', () => {
  const bytes = 80e6;
  const lambda = estimateLight({ bytes, kind: 'lambda', memoryMiB: lambdaMiBPerVcpu });
  expect(lambda.costUsd).toBeCloseTo(lambdaUsd({ seconds: lambda.seconds, memoryMiB: lambdaMiBPerVcpu }), 6);
  expect(estimateLight({ bytes, kind: 'process', memoryMiB: 0, source: 'file' })).toEqual({
    tasks: 0,
    seconds: 1 + publishSeconds,
    costUsd: 0,
  });
});
