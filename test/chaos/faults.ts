import type { FaultPlanInput } from '@etl/fargate/faults/control';

const always = { probability: 0.03 };
const whileRunning = { afterSeconds: [0, 0.8] };
/** Batch date for which the account permanently lacks a permission. */
export const deniedDate = '2026-02-09';
const hours = 3600;
/** AWS's message when an underlying call is throttled. */
const networkThrottled =
  'Error retrieving security group information for [sg-0]: Request limit exceeded. (ErrorCode: RequestLimitExceeded)';

/** Timeout of a launch, many times the duration of one. */
export const timeoutSeconds = 20;

/** A plan with a few faults of every kind. */
export const badDay = (seed: number): FaultPlanInput => ({
  seed,
  rules: [
    // Precedes all others, because a call meets one fault.
    {
      fault: 'credentials',
      as: 'AccessDeniedException',
      operation: 'RunTask',
      where: { environment: { BATCH_DATE: deniedDate } },
    },
    { fault: 'lostResponse', probability: 0.1, operation: 'RunTask' },
    { fault: 'lostResponse', probability: 0.1, operation: 'StopTask' },
    { fault: 'lostResponse', probability: 0.05, operation: 'DescribeTasks' },
    { fault: 'serverError', probability: 0.03 },
    { fault: 'throttling', probability: 0.02 },
    { fault: 'throttling', probability: 0.02, as: 'InvalidParameterException' },
    { fault: 'throttling', probability: 0.02, as: 'ClientException' },
    {
      fault: 'throttling',
      probability: 0.03,
      as: 'InvalidParameterException',
      message: networkThrottled,
      operation: 'RunTask',
    },
    // Rare: a window refuses the calls of all runs, and a fast machine makes hundreds of calls a second.
    { fault: 'credentials', probability: 0.001, forSeconds: 0.4 },
    { fault: 'credentials', probability: 0.001, forSeconds: 0.4, as: 'UnrecognizedClientException', status: 403 },
    { fault: 'credentials', probability: 0.001, forSeconds: 0.4, as: 'InvalidSignatureException' },
    { fault: 'slowResponse', probability: 0.05, seconds: 0.3 },
    { fault: 'skewedClock', probability: 0.01, forSeconds: 1, seconds: 3 * hours },
    { fault: 'skewedClock', probability: 0.01, forSeconds: 1, seconds: -3 * hours },
    { fault: 'capacity', probability: 0.05 },
    { fault: 'capacity', probability: 0.1, spotOnly: true },
    { fault: 'quota', probability: 0.02, forSeconds: 0.5 },
    { fault: 'quota', probability: 0.05, of: 'tasks', provider: 'FARGATE_SPOT' },
    { fault: 'quota', probability: 0.03, of: 'provisioning', as: 'ClientException' },
    { fault: 'missing', probability: 0.1, seconds: 0.5 },
    { fault: 'expiredRecord', ...always },
    { fault: 'slowStart', probability: 0.1, seconds: 0.5 },
    { fault: 'stuckStart', ...always },
    { fault: 'stuckStart', ...always, status: 'PROVISIONING' },
    // Longer than a launch may take; the pipeline waits for such a task before it launches another one.
    { fault: 'stuckStop', ...always, seconds: 1.5 * timeoutSeconds },
    { fault: 'stuckStop', ...always, status: 'DEACTIVATING', seconds: 2 },
    { fault: 'stuckStop', ...always, status: 'STOPPING', untilStopped: true },
    { fault: 'failedStart', ...always },
    { fault: 'nullExitCode', ...always },
    { fault: 'spotInterruption', probability: 0.3, ...whileRunning, noticeSeconds: 2 },
    { fault: 'outOfMemory', ...always, ...whileRunning },
    { fault: 'killed', ...always, ...whileRunning },
    { fault: 'hostFailure', ...always, ...whileRunning },
    { fault: 'stoppedBySomeone', ...always, ...whileRunning },
  ],
});
