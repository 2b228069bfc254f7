import type { TaskEnd } from '@etl/pipeline/failures/taskEnd';
import { describeLaunch, launchOf, lightLaunchOf } from '@etl/pipeline/launches';
import { taskCostUsd } from '@etl/pipeline/prices/tasks';

const size = { cpu: 2048, memoryMiB: 8192 };

test('a task costs per second, for at least a minute, plus storage above 20 GiB, and less on Spot', () => {
  const hour = { size, spot: false, seconds: 3600 };
  expect(taskCostUsd(hour)).toBeCloseTo(2 * 0.04048 + 8 * 0.004445, 10);
  expect(taskCostUsd({ ...hour, ephemeralStorageGiB: 100 })).toBeCloseTo(taskCostUsd(hour) + 80 * 0.000111, 10);
  expect(taskCostUsd({ ...hour, seconds: 5 })).toBeCloseTo(taskCostUsd(hour) / 60, 10);
  expect(taskCostUsd({ ...hour, spot: true })).toBeCloseTo(0.3 * taskCostUsd(hour), 10);
});

describe('a launch', () => {
  const end: TaskEnd = {
    taskArn: 'arn:1',
    status: 'stopped',
    exitCode: 143,
    size,
    spot: true,
    pullStartedAt: 1_000,
    startedAt: 11_000,
    stoppedAt: 121_000,
    logTail: [],
  };

  test('records task, lane, size, duration, exit code and cost', () => {
    expect(launchOf({ generation: 2, spot: true }, end)).toEqual({
      generation: 2,
      lane: 'fargate',
      spot: true,
      taskArn: 'arn:1',
      size,
      seconds: 120,
      exitCode: 143,
      costUsd: 0.001165,
    });
  });

  test('is described in one line', () => {
    const launch = launchOf({ generation: 2, spot: true }, end);
    expect(describeLaunch({ ...launch, failureType: 'SpotInterruption', reason: 'interrupted' })).toBe(
      'launch 2: Spot, 2 vCPU, 8 GiB, 120 s, $0.0012: SpotInterruption: interrupted',
    );
    expect(describeLaunch({ generation: 1, lane: 'fargate', spot: false })).toBe('launch 1: on demand: delivered');
  });

  test('is described with its purpose', () => {
    const launch = { generation: 1, lane: 'fargate', spot: false } as const;
    expect(describeLaunch({ ...launch, shard: '3/8' })).toBe('launch 1 (shard 3/8): on demand: done');
    expect(describeLaunch({ ...launch, purpose: 'index' })).toBe('launch 1 (index): on demand: done');
    expect(describeLaunch({ ...launch, purpose: 'commit' })).toBe('launch 1 (commit): on demand: delivered');
  });

  test('has no duration and no cost when its task never started', () => {
    const never = launchOf({ generation: 1, spot: false }, { taskArn: 'arn:1', status: 'stopped', size, logTail: [] });
    expect(never).toEqual({ generation: 1, lane: 'fargate', spot: false, taskArn: 'arn:1', size });
  });
});

describe('a launch in the light lane', () => {
  test('costs what its function costs, or nothing in a process of the worker', () => {
    const launch = lightLaunchOf(1, { exitCode: 0, seconds: 10, memoryMiB: 1024 });
    expect(launch).toEqual({
      generation: 1,
      lane: 'light',
      spot: false,
      seconds: 10,
      exitCode: 0,
      memoryMiB: 1024,
      costUsd: 0.000167,
    });
    expect(describeLaunch(launch)).toBe('launch 1: light lane, 10 s, $0.0002: delivered');
    expect(lightLaunchOf(2, { seconds: 1 })).toEqual({ generation: 2, lane: 'light', spot: false, seconds: 1 });
  });
});
