import { steps } from '@etl/pipeline/definition';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { budgetOf, failureTypeOfExitCode, failureTypes, phases, typesWith } from '@etl/pipeline/failures/table';
import type { TaskEnd } from '@etl/pipeline/failures/taskEnd';

describe('the failure table', () => {
  test('assigns every end of a task to at most one failure type in each phase', () => {
    const texts = [
      undefined,
      'OutOfMemoryError: Container killed due to memory usage',
      'CannotPullContainerError: toomanyrequests: Rate exceeded',
      'ResourceInitializationError: Capacity is unavailable at this time',
      'Your account is currently blocked.',
      'Your Spot Task was interrupted.',
    ];
    const codes = ['TaskFailedToStart', 'SpotInterruption', 'TerminationNotice', 'InfrastructureHealth'];
    const stopCodes = [...codes, 'UserInitiated', 'EssentialContainerExited', 'Moonlight', undefined];
    const variants = texts.flatMap((stoppedReason) =>
      texts.flatMap((containerReason) =>
        stopCodes.flatMap((stopCode) =>
          [undefined, 0, 137].map((exitCode) => ({ stoppedReason, containerReason, stopCode, exitCode })),
        ),
      ),
    );
    for (const status of ['stopped', 'ended', 'unknown', 'notStarted']) {
      for (const variant of variants) {
        // A field that is undefined is absent, as in what ECS reports.
        const end = JSON.parse(JSON.stringify({ taskArn: 'arn', status, logTail: [], ...variant })) as TaskEnd;
        for (const phase of phases) {
          expect(typesWith(({ ends }) => ends?.[phase]?.(end) === true).length).toBeLessThanOrEqual(1);
        }
      }
    }
  });

  test('maps each reason for killing a light conversion to exactly one failure type', () => {
    for (const reason of ['memory', 'timeout', 'unknown']) {
      expect(typesWith(({ killedFor }) => killedFor === reason)).toHaveLength(1);
    }
  });

  test('maps each exit code to exactly one failure type', () => {
    const codes = Object.values(failureTypes).flatMap(({ exitCodes: of = [] }) => of);
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
