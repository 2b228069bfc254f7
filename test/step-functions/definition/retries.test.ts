import { credentials, steps } from '@etl/pipeline/definition';
import { retriesWithin } from '@etl/pipeline/retries';
import { callRetries } from '../../../step-functions/definition/retries';

const retry = { intervalSeconds: 1, backoffRate: 2, maxIntervalSeconds: 30 };

describe('retries within a time limit', () => {
  /** Counts by simulation: an attempt that would start at or after the limit does not start. */
  const byTheClock = (total: number, attempt: number): number => {
    const waits = [1, 2, 4, 8, 16, ...Array(30).fill(30)];
    const begins = waits.map((_, n) => waits.slice(0, n + 1).reduce((sum, wait) => sum + attempt + wait, 0));
    return begins.filter((begin) => begin < total).length;
  };

  test.each([
    [600, 60],
    [600, 0],
    [300, 30],
    [300, 0],
    [10, 0],
    [100, 7],
  ])('for %d s and attempts of %d s, matches the simulation', (total, attempt) => {
    expect(retriesWithin(total, retry, attempt)).toBe(byTheClock(total, attempt));
  });

  test.each([
    // Attempts start at 0, 1, 3 and 7; the next one would start at 15.
    [15, 0, 3],
    [16, 0, 4],
    // The first attempt takes the whole time.
    [30, 30, 0],
  ])('within %d s, attempts of %d s: %d', (total, attempt, retries) => {
    expect(retriesWithin(total, retry, attempt)).toBe(retries);
  });
});

describe('the retriers of a call', () => {
  test('final errors come first, then timeouts, then the rest', () => {
    const errors = callRetries(steps.confirmCommit, ['CommitMissing']).map(({ ErrorEquals }) => ErrorEquals);
    expect(errors).toEqual([['CommitMissing'], ['States.Timeout'], ['States.TaskFailed']]);
  });

  test('retries rejected credentials within a separate budget, before all other errors', () => {
    const [refused, ...others] = callRetries(steps.confirmCommit, [], 'CredentialsRefused');
    expect(refused).toEqual({
      ErrorEquals: ['CredentialsRefused'],
      IntervalSeconds: 1,
      BackoffRate: 2,
      MaxDelaySeconds: 30,
      MaxAttempts: retriesWithin(credentials.retrySeconds, steps.confirmCommit.retry, 0),
    });
    expect(others).toEqual(callRetries(steps.confirmCommit));
  });

  test('omits the entry for final errors when there are none, since an empty list is invalid', () => {
    expect(callRetries(steps.notify)).toHaveLength(2);
  });

  test.each(Object.entries({ validate: steps.validateInput, confirm: steps.confirmCommit, notify: steps.notify }))(
    '%s uses the waits of the step and stays within its total',
    (_name, step) => {
      for (const { ErrorEquals, IntervalSeconds = 0, BackoffRate, MaxDelaySeconds = 0, MaxAttempts = 0 } of callRetries(
        step,
      )) {
        const { intervalSeconds, backoffRate, maxIntervalSeconds } = step.retry;
        expect([IntervalSeconds, BackoffRate, MaxDelaySeconds]).toEqual([
          intervalSeconds,
          backoffRate,
          maxIntervalSeconds,
        ]);
        const attempt = ErrorEquals.includes('States.Timeout') ? step.attemptTimeoutSeconds : 0;
        const waits = Array.from({ length: MaxAttempts }, (_, n) =>
          Math.min(intervalSeconds * 2 ** n, maxIntervalSeconds),
        );
        const lastBegins = waits.reduce((sum, wait) => sum + wait + attempt, 0);
        expect(lastBegins).toBeLessThan(step.totalTimeoutSeconds);
      }
    },
  );
});
