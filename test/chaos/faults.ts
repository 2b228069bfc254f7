import type { FaultPlanInput } from '../../local/faults/control';

const always = { probability: 0.03 };
const whileRunning = { afterSeconds: [0, 0.8] };

/** A bad day at AWS, a little of everything. */
export const badDay = (seed: number): FaultPlanInput => ({
  seed,
  rules: [
    { fault: 'lostResponse', probability: 0.1, operation: 'RunTask' },
    { fault: 'lostResponse', probability: 0.1, operation: 'StopTask' },
    { fault: 'lostResponse', probability: 0.05, operation: 'DescribeTasks' },
    { fault: 'serverError', probability: 0.03 },
    { fault: 'throttling', probability: 0.02 },
    { fault: 'throttling', probability: 0.02, as: 'InvalidParameterException' },
    { fault: 'throttling', probability: 0.02, as: 'ClientException' },
    { fault: 'slowResponse', probability: 0.05, seconds: 0.3 },
    { fault: 'capacity', probability: 0.05 },
    { fault: 'capacity', probability: 0.1, spotOnly: true },
    { fault: 'missing', probability: 0.1, seconds: 0.5 },
    { fault: 'expiredRecord', ...always },
    { fault: 'slowStart', probability: 0.1, seconds: 0.5 },
    { fault: 'stuckStart', ...always },
    { fault: 'stuckStart', ...always, status: 'PROVISIONING' },
    { fault: 'failedStart', ...always },
    { fault: 'nullExitCode', ...always },
    { fault: 'spotInterruption', probability: 0.3, ...whileRunning, noticeSeconds: 2 },
    { fault: 'outOfMemory', ...always, ...whileRunning },
    { fault: 'killed', ...always, ...whileRunning },
    { fault: 'hostFailure', ...always, ...whileRunning },
    { fault: 'stoppedBySomeone', ...always, ...whileRunning },
  ],
});
