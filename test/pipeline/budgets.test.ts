import { type FailedLaunch, nextLaunch } from '@etl/pipeline/budgets';
import { budgets } from '@etl/pipeline/definition';
import type { FailureType } from '@etl/pipeline/failures/table';

const onDemand = { spot: false };
const failed = (failureType: FailureType, changes: Partial<FailedLaunch> = {}): FailedLaunch => ({
  failureType,
  spot: false,
  ...changes,
});
const next = (failures: readonly FailedLaunch[], asked: { spot: boolean } = onDemand, random = 0) =>
  nextLaunch(budgets, asked, failures, random);
const times = (count: number, type: FailureType, changes: Partial<FailedLaunch> = {}) =>
  Array<FailedLaunch>(count).fill(failed(type, changes));

describe('nextLaunch', () => {
  test('retries an application failure after 60 s and 120 s, then gives up', () => {
    expect(next(times(1, 'TaskFailed'))).toEqual({ again: true, delaySeconds: 60, spot: false });
    expect(next(times(2, 'TaskFailed'))).toMatchObject({ again: true, delaySeconds: 120 });
    expect(next(times(3, 'TaskFailed'))).toEqual({
      again: false,
      why: 'the application budget of 2 relaunches is exhausted',
    });
  });

  test.each<FailureType>(['BadData', 'NoSuchInput', 'BadConfiguration', 'Held', 'Superseded', 'Timeout', 'Cancelled'])(
    'never retries %s',
    (type) => {
      expect(next(times(1, type)).again).toBe(false);
    },
  );

  test('counts each budget separately: a night without capacity uses no application retry', () => {
    const night = times(100, 'CapacityUnavailable');
    expect(next([...night, ...times(1, 'TaskFailed')])).toMatchObject({ again: true, delaySeconds: 60 });
    expect(next([...times(2, 'TaskFailed'), ...night])).toMatchObject({ again: true });
  });

  test('shares a budget of half a day between throttling and capacity, with a backoff capped at five minutes', () => {
    const waits = Array.from({ length: budgets.capacity.maxRetries }, (_, index) => {
      const decision = next(times(index + 1, index % 2 ? 'Throttled' : 'CapacityUnavailable'));
      return decision.again ? decision.delaySeconds : Number.NaN;
    });
    expect(waits.slice(0, 3)).toEqual([30, 45, 67.5]);
    expect(waits.at(-1)).toBe(300);
    const hours = waits.reduce((sum, wait) => sum + wait, 0) / 3600;
    expect(hours).toBeGreaterThan(11);
    expect(next(times(budgets.capacity.maxRetries + 1, 'CapacityUnavailable')).again).toBe(false);
  });

  test('jitter only lengthens the delay, up to its share', () => {
    expect(next(times(1, 'CapacityUnavailable'), onDemand, 1)).toMatchObject({ delaySeconds: 45 });
    expect(next(times(1, 'TaskFailed'), onDemand, 1)).toMatchObject({ delaySeconds: 66 });
  });

  test('switches to on demand after two Spot losses, and counts missing Spot capacity as a loss', () => {
    const spot = { spot: true };
    const loss = failed('SpotInterruption', spot);
    expect(next([loss], spot)).toMatchObject({ again: true, spot: true });
    expect(next([loss, loss], spot)).toMatchObject({ again: true, spot: false });
    expect(next([loss, failed('CapacityUnavailable', spot)], spot)).toMatchObject({ again: true, spot: false });
    expect(next([loss, loss, failed('TaskFailed')], spot)).toMatchObject({ again: true, spot: false });
    // Missing on-demand capacity does not count as a Spot loss.
    expect(next([loss, failed('CapacityUnavailable')], spot)).toMatchObject({ again: true, spot: true });
  });

  test('doubles the memory after OutOfMemory, keeps it afterwards, and stops at the limit', () => {
    const small = failed('OutOfMemory', { size: { cpu: 1024, memoryMiB: 4096 } });
    expect(next([small])).toMatchObject({ again: true, size: { cpu: 1024, memoryMiB: 8192 } });
    const grown = failed('TaskFailed', { size: { cpu: 1024, memoryMiB: 8192 } });
    expect(next([small, grown])).toMatchObject({ again: true, size: { cpu: 1024, memoryMiB: 8192 } });
    const large = failed('OutOfMemory', { size: { cpu: 16_384, memoryMiB: 61_440 } });
    expect(next([large])).toEqual({ again: false, why: 'the limit of 61440 MiB of memory per task is reached' });
    expect(next(times(4, 'OutOfMemory', { size: { cpu: 256, memoryMiB: 512 } })).again).toBe(false);
  });

  test('keeps the requested size when memory was not the cause', () => {
    const size = { cpu: 2048, memoryMiB: 8192 };
    expect(nextLaunch(budgets, { spot: false, size }, times(1, 'HostFailure', { size }), 0)).toMatchObject({ size });
  });
});
