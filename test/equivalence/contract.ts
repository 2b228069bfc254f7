import { budgets, credentials, steps } from '@etl/pipeline/definition';
import { type Stage, stageFailures } from '@etl/pipeline/flow';
import { retriesWithin } from '@etl/pipeline/retries';
import { credentialsError, sinksPendingError, stateNames } from '../../step-functions/definition/names';
import type { Retrier, StateMachine, TaskState } from '../../step-functions/definition/types';
import type { Bounds, ReadHistory } from './history';
import type { Disagreement } from './trace';

/** Timeouts and retry policies that the workflow requested from Temporal in each stage of a run. */
export interface Contract {
  readonly bounds: ReadonlyMap<Stage, Bounds>;
  readonly transformSeconds?: number;
}

export const contractOf = ({ bounds, transformSeconds }: ReadHistory): Contract => ({
  bounds,
  ...(transformSeconds !== undefined && { transformSeconds }),
});

/**
 * Returns the states whose timeout or retry policy differs from the request to Temporal, whether or not a run waits for
 * it.
 */
export function contractBreaches({ States }: StateMachine, { bounds, transformSeconds }: Contract): Disagreement[] {
  const task = (stage: Stage) => States[stateNames[stage]] as TaskState | undefined;
  const compare = (stage: Stage, temporal: unknown, stepFunctions: unknown): Disagreement[] =>
    JSON.stringify(temporal) === JSON.stringify(stepFunctions)
      ? []
      : [{ aspect: 'contract', stage, temporal, stepFunctions }];
  return [
    ...(transformSeconds === undefined
      ? []
      : compare('transform', transformSeconds, task('transform')?.TimeoutSeconds)),
    ...[...bounds].flatMap(([stage, asked]) => [
      ...compare(stage, asked.attemptSeconds, task(stage)?.TimeoutSeconds),
      ...compare(stage, retriersFor(stage, asked), (task(stage)?.Retry ?? []).map(inOneOrder)),
    ]),
  ];
}

/** Returns the retriers equivalent to the requested retry policy. */
function retriersFor(stage: Stage, asked: Bounds): Retrier[] {
  const pace = (error: string, attemptSeconds: number): Retrier => ({
    ErrorEquals: [error],
    IntervalSeconds: asked.intervalSeconds,
    BackoffRate: asked.backoffRate,
    MaxDelaySeconds: asked.maxIntervalSeconds,
    MaxAttempts:
      asked.maximumAttempts > 0 ? asked.maximumAttempts - 1 : retriesWithin(asked.totalSeconds, asked, attemptSeconds),
  });
  const { missing, superseded, misconfigured } = stageFailures.confirm;
  const certain: Partial<Record<Stage, string[]>> = {
    validate: [stageFailures.validate.conflict, stageFailures.validate.misconfigured],
    confirm: [missing, superseded, misconfigured],
    sinks: [stageFailures.sinks.behind, 'BadConfiguration'],
  };
  const ErrorEquals = certain[stage];
  const final: Retrier[] = ErrorEquals ? [{ ErrorEquals, MaxAttempts: 0 }] : [];
  // The activities count these themselves (activities/credentialRetries.ts); only the functions need a retrier.
  const most = retriesWithin(credentials.retrySeconds, asked, 0);
  const refused = ErrorEquals ? [{ ...pace(credentialsError, 0), MaxAttempts: most }] : [];
  const again = stage === 'sinks' ? [sinkRetrier()] : [];
  return [
    ...again,
    ...final,
    ...refused,
    pace('States.Timeout', asked.attemptSeconds),
    pace('States.TaskFailed', 0),
  ].map(inOneOrder);
}

/** Returns the retrier for what the workflow does itself: it applies the commit again, and polls statements. */
function sinkRetrier(): Retrier {
  const { intervalSeconds, backoffRate, maxIntervalSeconds } = budgets.sinks;
  const total = steps.applySink.totalTimeoutSeconds + steps.awaitSink.totalTimeoutSeconds;
  return {
    ErrorEquals: [sinksPendingError],
    IntervalSeconds: intervalSeconds,
    BackoffRate: backoffRate,
    MaxDelaySeconds: maxIntervalSeconds,
    MaxAttempts: retriesWithin(total, budgets.sinks, 0),
  };
}

function inOneOrder({ ErrorEquals, IntervalSeconds, BackoffRate, MaxDelaySeconds, MaxAttempts }: Retrier): Retrier {
  return JSON.parse(JSON.stringify({ ErrorEquals, IntervalSeconds, BackoffRate, MaxDelaySeconds, MaxAttempts }));
}
