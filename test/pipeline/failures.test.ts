import { relaunchDelaySeconds, steps } from '@etl/pipeline/definition';
import { exitCodes, failureTypeOfExitCode, failureTypes, mayRelaunch } from '@etl/pipeline/failures';
import { sizeProblem } from '@etl/pipeline/sizes';
import { failureOf, reasonOf, type TaskEnd } from '@etl/pipeline/taskEnd';

const end = (changes: Partial<TaskEnd>): TaskEnd => ({
  taskArn: 'arn:1',
  status: 'stopped',
  stopCode: 'EssentialContainerExited',
  logTail: [],
  ...changes,
});

describe('the failure table', () => {
  test('each exit code stands for exactly one failure', () => {
    const codes = Object.values(failureTypes).flatMap((type) => [...type.exitCodes]);
    expect(new Set(codes).size).toBe(codes.length);
    for (const code of Object.values(exitCodes)) if (code !== 0) expect(codes).toContain(code);
  });

  test('bad data, a missing input and bad configuration are never launched again; the rest of the codes are', () => {
    for (const code of [65, 66, 76, 78]) expect(mayRelaunch(failureTypeOfExitCode(code))).toBe(false);
    for (const code of [1, 2, 69, 74, 75, 137, 139, 143]) expect(mayRelaunch(failureTypeOfExitCode(code))).toBe(true);
    expect(mayRelaunch('Timeout')).toBe(false);
    expect(mayRelaunch('InvalidInput')).toBe(false);
    expect(mayRelaunch('nonsense')).toBe(false);
  });

  test('relaunches wait 60 s, then 120 s, then there are no more', () => {
    const policy = { intervalSeconds: 60, maxRetries: 2, backoffRate: 2 };
    expect([1, 2, 3].map((retry) => relaunchDelaySeconds(policy, retry))).toEqual([60, 120, undefined]);
  });

  test('every step has an attempt timeout and a total bound, or is bounded by the plan', () => {
    for (const [name, step] of Object.entries(steps)) {
      if (name === 'awaitTask') continue;
      expect(step.attemptTimeoutSeconds).toBeGreaterThan(0);
      expect(step.totalTimeoutSeconds).toBeGreaterThanOrEqual(step.attemptTimeoutSeconds);
    }
  });
});

describe('how a task ended', () => {
  test.each<[string, Partial<TaskEnd>, string | undefined]>([
    ['exit code 0', { exitCode: 0 }, undefined],
    ['exit code 65', { exitCode: 65 }, 'BadData'],
    ['killed', { exitCode: 137 }, 'TaskFailed'],
    ['no exit code', {}, 'ExitCodeMissing'],
    ['never started', { stopCode: 'TaskFailedToStart' }, 'TaskFailedToStart'],
    ['never started, whatever the code', { stopCode: 'TaskFailedToStart', exitCode: 0 }, 'TaskFailedToStart'],
    ['stopped by a user', { stopCode: 'UserInitiated', exitCode: 143 }, 'TaskStopped'],
    ['exit code 0 of a host that failed', { stopCode: 'InfrastructureHealth', exitCode: 0 }, 'TaskFailed'],
    ['forgotten', { status: 'unknown' }, 'OutcomeUnknown'],
  ])('%s', (_what, changes, type) => {
    expect(failureOf(end(changes))).toBe(type);
  });

  test("the reason is the container's own words first", () => {
    expect(reasonOf(end({ exitCode: 65, reported: 'x.csv: 3 % of the rows rejected' }))).toBe(
      'x.csv: 3 % of the rows rejected; exit code 65',
    );
    expect(reasonOf(end({ stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError' }))).toBe(
      'no exit code; CannotPullContainerError',
    );
  });
});

test.each([
  [256, 512, true],
  [256, 4096, false],
  [2048, 8192, true],
  [8192, 17_408, false],
  [16_384, 122_880, true],
  [300, 512, false],
])('cpu %i with %i MiB is a Fargate size: %s', (cpu, memory, valid) => {
  expect(sizeProblem(cpu, memory) === undefined).toBe(valid);
});
