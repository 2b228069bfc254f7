import { credentials } from '@etl/pipeline/definition';
import { type Stage, stageFailures } from '@etl/pipeline/flow';
import { retriesWithin } from '@etl/pipeline/retries';
import { credentialsError, stateNames } from '../../asl/names';
import type { Retrier, StateMachine, TaskState } from '../../asl/types';
import type { Bounds, ReadHistory } from './history';
import type { Disagreement } from './trace';

/** What Temporal was asked for in each stage of a run. */
export interface Contract {
  readonly bounds: ReadonlyMap<Stage, Bounds>;
  readonly transformSeconds?: number;
}

export const contractOf = ({ bounds, transformSeconds }: ReadHistory): Contract => ({
  bounds,
  ...(transformSeconds !== undefined && { transformSeconds }),
});

/** Where a state has another timeout or another retry than Temporal was asked for, whether a run waits for it or not. */
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

/** The retriers that stand for what Temporal was asked for. */
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
  };
  const ErrorEquals = certain[stage];
  const final: Retrier[] = ErrorEquals ? [{ ErrorEquals, MaxAttempts: 0 }] : [];
  // What the activities count themselves (activities/credentialRetries.ts), for the functions alone.
  const most = retriesWithin(credentials.retrySeconds, asked, 0);
  const refused = ErrorEquals ? [{ ...pace(credentialsError, 0), MaxAttempts: most }] : [];
  return [...final, ...refused, pace('States.Timeout', asked.attemptSeconds), pace('States.TaskFailed', 0)].map(
    inOneOrder,
  );
}

function inOneOrder({ ErrorEquals, IntervalSeconds, BackoffRate, MaxDelaySeconds, MaxAttempts }: Retrier): Retrier {
  return JSON.parse(JSON.stringify({ ErrorEquals, IntervalSeconds, BackoffRate, MaxDelaySeconds, MaxAttempts }));
}
