import { type Task, TaskStopCode } from '@aws-sdk/client-ecs';
import { failureOf } from '@etl/pipeline/failures/classify';
import { typesWith } from '@etl/pipeline/failures/table';
import { reasonOf } from '@etl/pipeline/failures/taskEnd';
import { endOf } from '../../activities/taskEnds';
import { describeTask } from '../../aws/taskDescription';

/** Responses of DescribeTasks, reduced to the fields that show how a task ended, with the failure type of each. */
const arn = 'arn:aws:ecs:us-east-1:123456789012:task/etl/0123456789abcdef0123456789abcdef';

const task = (changes: Partial<Task>, etl: object = {}, sidecar: object = {}): Task => ({
  taskArn: arn,
  lastStatus: 'STOPPED',
  desiredStatus: 'STOPPED',
  cpu: '2048',
  memory: '8192',
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  containers: [
    { name: 'datadog-agent', lastStatus: 'STOPPED', exitCode: 0, ...sidecar },
    { name: 'etl-worker', lastStatus: 'STOPPED', ...etl },
  ],
  ...changes,
});
const exit = (exitCode: number, reason?: string) => ({ exitCode, ...(reason && { reason }) });
const outOfMemory = 'OutOfMemoryError: Container killed due to memory usage';

type Golden = readonly [what: string, task: Task, failure: string | undefined];

const golden: readonly Golden[] = [
  ['exit code 0', task({}, exit(0)), undefined],
  ['bad data', task({}, exit(65)), 'BadData'],
  ['no such input', task({}, exit(66)), 'NoSuchInput'],
  ['held data', task({}, exit(76)), 'Held'],
  ['a wider schema', task({}, exit(79)), 'SchemaWidened'],
  ['a replaced source', task({}, exit(80)), 'SourceChanged'],
  ['a batch of another source', task({}, exit(81)), 'SourceConflict'],
  ['bad configuration', task({}, exit(78)), 'BadConfiguration'],
  ['refused credentials', task({}, exit(77)), 'CredentialsRefused'],
  ['an unavailable service', task({}, exit(69)), 'TaskFailed'],
  ['input/output error', task({}, exit(74)), 'TaskFailed'],
  ['SIGTERM from inside', task({}, exit(143)), 'TaskFailed'],
  ['an unknown exit code', task({}, exit(3)), 'TaskFailed'],
  ['a segmentation fault', task({}, exit(139)), 'TaskFailed'],
  ['killed', task({}, exit(137)), 'TaskKilled'],
  ['out of memory', task({}, exit(137, outOfMemory)), 'OutOfMemory'],
  ['out of memory with exit code 1', task({}, exit(1, outOfMemory)), 'OutOfMemory'],
  ['out of memory with exit code 0', task({}, exit(0, outOfMemory)), 'OutOfMemory'],
  ['out of memory without exit code', task({}, { reason: outOfMemory }), 'OutOfMemory'],
  [
    'out of memory, in the reason of the task',
    task({ stoppedReason: 'OutOfMemoryError: container killed' }, exit(137)),
    'OutOfMemory',
  ],
  ['no exit code', task({}), 'ExitCodeMissing'],
  ['no exit code, but the sidecar has 0', task({}, {}, exit(0)), 'ExitCodeMissing'],
  ['the sidecar failed, the ETL did not', task({}, exit(0), exit(1)), undefined],
  ['an essential sidecar ended first', task({}, exit(143), exit(1)), 'TaskFailed'],
  ['no ETL container', task({ containers: [{ name: 'other', exitCode: 0 }] }), 'ExitCodeMissing'],
  [
    'an image that cannot be pulled',
    task({ stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError: pull access denied' }),
    'TaskFailedToStart',
  ],
  [
    'no network interface',
    task({
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'Timeout waiting for network interface provisioning to complete.',
    }),
    'CapacityUnavailable',
  ],
  [
    'no address',
    task({
      stopCode: 'TaskFailedToStart',
      stoppedReason:
        "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-1': InsufficientFreeAddressesInSubnet",
    }),
    'CapacityUnavailable',
  ],
  [
    'a registry that throttles',
    task({ stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError: toomanyrequests: Rate exceeded' }),
    'Throttled',
  ],
  [
    'a registry that throttles, in the reason of the container',
    task({}, { reason: 'CannotPullContainerError: toomanyrequests: You have reached your pull rate limit' }),
    'Throttled',
  ],
  [
    'throttled secrets',
    task({
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'ResourceInitializationError: unable to pull secrets: ThrottlingException: Rate exceeded',
    }),
    'Throttled',
  ],
  [
    'a blocked account',
    task({ stopCode: 'TaskFailedToStart', stoppedReason: 'Your account is currently blocked.' }),
    'BadConfiguration',
  ],
  [
    'the wording of a limit in a task that has run',
    task({ stopCode: 'UserInitiated', stoppedReason: 'rate exceeded' }, exit(143)),
    'TaskStopped',
  ],
  [
    'secrets',
    task({ stopCode: 'TaskFailedToStart', stoppedReason: 'ResourceInitializationError: unable to pull secrets' }),
    'TaskFailedToStart',
  ],
  ['never started, with an exit code', task({ stopCode: 'TaskFailedToStart' }, exit(0)), 'TaskFailedToStart'],
  ['container that cannot start', task({}, { reason: 'CannotStartContainerError: no such file' }), 'TaskFailedToStart'],
  [
    'no capacity while starting',
    task({
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'Capacity is unavailable at this time. Please try again later or in a different availability zone',
    }),
    'CapacityUnavailable',
  ],
  [
    'Spot interruption',
    task({ stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' }, exit(143)),
    'SpotInterruption',
  ],
  ['Spot interruption after exit code 0', task({ stopCode: 'SpotInterruption' }, exit(0)), 'SpotInterruption'],
  [
    'a Spot notice, by the capacity provider',
    task({ stopCode: 'TerminationNotice', capacityProviderName: 'FARGATE_SPOT' }, exit(143)),
    'SpotInterruption',
  ],
  [
    'a Spot notice, by the stopped reason',
    task({ stopCode: 'TerminationNotice', stoppedReason: 'Your Spot Task was interrupted.' }),
    'SpotInterruption',
  ],
  [
    'a retired host',
    task({ stopCode: 'TerminationNotice', stoppedReason: 'ECS is performing maintenance' }, exit(143)),
    'HostFailure',
  ],
  ['a failed host', task({ stopCode: 'InfrastructureHealth' }), 'HostFailure'],
  ['a failed host after exit code 0', task({ stopCode: 'InfrastructureHealth' }, exit(0)), 'HostFailure'],
  [
    'stopped by another caller',
    task({ stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' }, exit(143)),
    'TaskStopped',
  ],
  ['stopped before it started', task({ stopCode: 'UserInitiated' }), 'TaskStopped'],
  ['stopped by a scheduler', task({ stopCode: 'ServiceSchedulerInitiated' }, exit(143)), 'TaskStopped'],
  ['exit code 0 without a stop code', task({ stopCode: undefined }, exit(0)), 'HostFailure'],
  ['an unknown stop code', task({ stopCode: 'Moonlight' as TaskStopCode }, exit(0)), 'HostFailure'],
];

const failureOfTask = (answer: Task) => {
  const description = describeTask(answer);
  if (!description) throw new Error('no description');
  return failureOf({ ...endOf(description), logTail: [] });
};

describe('the end of a task', () => {
  test.each(golden)('%s', (_what, answer, failure) => {
    expect(failureOfTask(answer)).toBe(failure);
  });

  test('the table covers every stop code of the API and every failure type that an end of a task can have', () => {
    const codes = new Set(golden.map(([, { stopCode }]) => stopCode));
    for (const code of Object.values(TaskStopCode)) expect(codes).toContain(code);
    const classified = typesWith(
      ({ ends = {}, exitCodes }) => exitCodes !== undefined || Object.keys(ends).some((phase) => phase !== 'status'),
    );
    expect(golden.map(([, , failure]) => failure)).toEqual(expect.arrayContaining(classified));
  });

  test('exactly one combination of stop code, reason and exit code is a success', () => {
    for (const stopCode of [...Object.values(TaskStopCode), undefined]) {
      for (const exitCode of [undefined, 0, 1, 65, 137, 143]) {
        for (const reason of [undefined, outOfMemory, 'CannotStartContainerError: x']) {
          const etl = { ...(exitCode !== undefined && { exitCode }), ...(reason && { reason }) };
          const succeeded = failureOfTask(task({ stopCode }, etl)) === undefined;
          expect(succeeded).toBe(stopCode === 'EssentialContainerExited' && exitCode === 0 && reason === undefined);
        }
      }
    }
  });

  test('a run of an earlier version recognises one wording of missing capacity', () => {
    const end = { taskArn: arn, status: 'stopped', stopCode: 'TaskFailedToStart', logTail: [] } as const;
    const failedOf = (stoppedReason: string) => failureOf({ ...end, stoppedReason }, false);
    expect(failedOf('Capacity is unavailable at this time.')).toBe('CapacityUnavailable');
    expect(failedOf('CannotPullContainerError: toomanyrequests')).toBe('TaskFailedToStart');
    expect(failedOf('Timeout waiting for network interface provisioning to complete.')).toBe('TaskFailedToStart');
  });

  test('an unknown task is OutcomeUnknown, and one that starts late is StartTimeout', () => {
    expect(failureOf({ taskArn: arn, status: 'unknown', logTail: [] })).toBe('OutcomeUnknown');
    expect(failureOf({ taskArn: arn, status: 'notStarted', logTail: [] })).toBe('StartTimeout');
  });

  test('the reason begins with the reason that the container reported', () => {
    const end = { taskArn: arn, status: 'stopped', logTail: [] } as const;
    expect(
      reasonOf({ ...end, stopCode: 'EssentialContainerExited', exitCode: 65, reported: 'x.csv: 3 % rejected' }),
    ).toBe('x.csv: 3 % rejected; exit code 65');
    expect(reasonOf({ ...end, stopCode: 'TaskFailedToStart', stoppedReason: 'CannotPullContainerError' })).toBe(
      'no exit code; CannotPullContainerError',
    );
  });
});
