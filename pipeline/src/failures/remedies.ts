import type { FailureType } from './table';

/** Command that follows a failure. */
export type RemedyCommand =
  /** `etl run` with the file and the options of the event, which may be edited. */
  | 'run'
  /** `etl retry`: the same event again. */
  | 'retry'
  /** `etl sink replay`. */
  | 'replay'
  /** `etl approve`. */
  | 'approve'
  /** `etl runs` of the dataset. */
  | 'runs';

/** What an operator does after a failure. */
export interface Remedy {
  /** Imperative sentence without a period: what to check or correct before the command. */
  readonly first: string;
  readonly command: RemedyCommand;
}

const infrastructure = 'Change nothing: the cause is the infrastructure';

/** Returns the remedy of a failure type; of an unknown one, a general remedy. */
export function remedyOf(failureType: string): Remedy {
  const known = Object.hasOwn(remedies, failureType) ? remedies[failureType as FailureType] : undefined;
  return known ?? { first: 'Check the reason', command: 'retry' };
}

/** The remedy of every failure type, for a run that will not continue by itself. */
export const remedies: Readonly<Record<FailureType, Remedy>> = {
  InvalidInput: { first: 'Correct the file, or the options of its event', command: 'run' },
  BadData: { first: 'Correct the data, or change the limit or rule named in the reason', command: 'run' },
  NoSuchInput: { first: 'Put the file at the location named in the reason', command: 'retry' },
  BadConfiguration: {
    first: 'Correct the setting, address or permission named in the reason',
    command: 'retry',
  },
  CredentialsRefused: { first: 'Restore the AWS credentials of the task', command: 'retry' },
  Held: { first: 'Look at the rejected rows or the failed rule: etl report shows them', command: 'approve' },
  NotApproved: { first: 'Correct the file, or the limits of its gates', command: 'run' },
  SourceChanged: { first: 'Wait until the file is complete', command: 'retry' },
  SourceConflict: {
    first: 'Add --replaces with the file named in the reason, or another "source" in --options',
    command: 'run',
  },
  SchemaWidened: { first: 'Check the reason', command: 'retry' },
  Superseded: { first: 'Check which file is right: a later run published another one', command: 'runs' },
  Timeout: {
    first:
      'If the file has grown, raise compute.timeoutSeconds or the task size in the declaration or in --options; converted parts are reused',
    command: 'run',
  },
  TaskFailed: { first: 'Read the last log lines', command: 'retry' },
  CommitMissing: { first: 'Check that the task can write to the destination', command: 'retry' },
  TaskStopped: { first: 'Check who stopped the task', command: 'retry' },
  TaskKilled: { first: 'Check the memory usage of the task', command: 'retry' },
  TaskFailedToStart: { first: 'Correct the image, network or secret named in the reason', command: 'retry' },
  StartTimeout: { first: 'Check image size, subnets and registry of the task', command: 'retry' },
  HostFailure: { first: infrastructure, command: 'retry' },
  ExitCodeMissing: { first: infrastructure, command: 'retry' },
  OutcomeUnknown: { first: infrastructure, command: 'retry' },
  LaunchRefused: { first: 'Correct the setting named in the reason, which ECS rejects', command: 'retry' },
  LaunchUnanswered: { first: 'Check that workers poll the launch queue', command: 'retry' },
  CapacityUnavailable: { first: 'Raise the quota, or wait until Fargate has capacity', command: 'retry' },
  Throttled: { first: 'Reduce other calls to ECS in the account', command: 'retry' },
  SpotInterruption: { first: 'Set compute.spot to false if Spot capacity stays short', command: 'retry' },
  OutOfMemory: {
    first: 'Raise compute.memory or lower chunkRows, in the declaration or in --options',
    command: 'run',
  },
  ServiceUnavailable: { first: 'Wait until the service named in the reason is available again', command: 'retry' },
  CostLimit: {
    first: 'Raise compute.maxCostUsd in the declaration or in --options, or request a smaller task',
    command: 'run',
  },
  SinkFailed: { first: 'The data is committed: correct what the sink reports', command: 'replay' },
  Cancelled: { first: 'Check that the data should still be delivered', command: 'retry' },
  BatchIncomplete: { first: 'Correct the listed files; delivered files are skipped', command: 'retry' },
};

/** The remedy of `BatchIncomplete` if the batch delivered all files that it found, but found fewer than `minFiles`. */
export const tooFewFiles: Remedy = { first: 'Check that the files have arrived', command: 'retry' };
