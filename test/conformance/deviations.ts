import type { WorldName } from './world';

/** A known difference between a world and ECS. */
export interface Deviation {
  /** The reason, as printed in the document. */
  readonly reason: string;
  /** Matches the check's error message. Any other failure is unexpected. */
  readonly seen: RegExp;
}

const notRefused = (reason: string): Deviation => ({ reason, seen: /^was not refused$/ });
const received = (what: string, reason: string): Deviation => ({
  reason,
  seen: new RegExp(`^Received: +${what}$`, 'm'),
});
/** ministack's StopTask neither waits for the program to end nor reads its exit code. */
const stoppedAtOnce = (what: string) =>
  received(what, 'STOPPED at once with exit code 0, while the container is still stopping');

/** The data behind docs/ecs-conformance.md: world, behaviour, deviation. */
export const deviations: Readonly<Record<WorldName, Readonly<Record<string, Deviation>>>> = {
  local: {},
  ministack: {
    'a deregistered revision is INACTIVE; the family refers to the newest ACTIVE revision': received(
      '2',
      'a family refers to its newest revision, even if INACTIVE',
    ),
    'RunTask rejects an INACTIVE task definition': notRefused('does not check the status of a definition'),
    'RegisterTaskDefinition rejects a size that Fargate does not support': notRefused('does not check sizes'),
    'RegisterTaskDefinition rejects containers that together exceed the task': notRefused('does not check sizes'),
    'RegisterTaskDefinition rejects ephemeral storage below 21 or above 200 GiB': notRefused('does not check sizes'),
    'RunTask rejects a task in awsvpc mode without subnets': notRefused(
      'ignores the network mode: every task uses the Docker network',
    ),
    'RunTask rejects more than ten tasks': notRefused('does not check limits'),
    'RunTask rejects overrides of more than 8,192 characters': notRefused('does not check limits'),
    'RunTask rejects a size that Fargate does not support': notRefused('ignores size overrides'),
    'RunTask rejects an override of an unknown container': notRefused('ignores the override'),
    'RunTask rejects a startedBy with invalid characters': notRefused('does not check limits'),
    'RunTask rejects a client token of more than 64 characters': notRefused('ignores client tokens'),
    'RunTask rejects an unknown cluster': notRefused('creates the cluster'),
    'DescribeTasks rejects more than 100 tasks': notRefused('does not check limits'),
    'ListTasks rejects another filter together with startedBy': notRefused('combines the filters'),
    'the same client token and request return the same task, even if it is STOPPED': received(
      '"arn:.*"',
      'ignores client tokens: a second task starts',
    ),
    'the same client token with another request is a ConflictException that names the task': {
      reason: 'ignores client tokens: a second task starts',
      seen: /Expected constructor: ConflictException/,
    },
    'DescribeTasks shows the size and storage of an override': {
      reason: 'ignores size overrides: shows the definition',
      seen: /"cpu": "256"/,
    },
    'a task has an ARN with its cluster and 32 hexadecimal digits, its family as group, and startedBy': {
      reason: 'the ID is a UUID with dashes, and there is no default group',
      seen: /Received string: +"arn:aws:ecs:us-east-1:000000000000:task\/etl\/[0-9a-f]{8}-/,
    },
    'DescribeTasks returns no tags by default': { reason: 'always returns tags', seen: /"value": "r1"/ },
    'ECS managed tags have the cluster name': {
      reason: 'has no managed tags',
      seen: /Received array: +\[\]/,
    },
    'a program that ends has the stopped reason "Essential container in task exited"': received(
      '"Essential container exited"',
      'has another text',
    ),
    'StopTask ends a task that has not started, without an exit code': {
      reason: 'the exit code is 0, although nothing ran',
      seen: /Expected value: 0/,
    },
    'StopTask sends SIGKILL after the stop timeout: exit code 137': stoppedAtOnce('0'),
    'a stopping task is not STOPPED before its program has ended': stoppedAtOnce('0'),
    'StopTask sends SIGTERM, and the exit code is that of the program: 143 for the ETL image': stoppedAtOnce('0'),
    'a failed image pull has the stopped reason CannotPullContainerError': {
      reason: 'ResourceInitializationError; only tasks of a service have CannotPullContainerError',
      seen: /"ResourceInitializationError: unable to pull image or start container: /,
    },
    "an essential sidecar that ends stops the task; its exit code is never the ETL's": received(
      '5',
      'a container that is stopped with the task gets the exit code of the container that ended',
    ),
    'a sidecar that stops because the ETL ended has its own exit code': {
      reason: 'a container that is stopped with the task gets the exit code of the container that ended',
      seen: /- +143,\n\+ +3,/,
    },
    'the metadata endpoint returns the memory usage of a container': received('1', '`/stats` is empty'),
    'a container that exceeds the memory of its task is killed: exit code 137, OutOfMemoryError': received(
      '9',
      'containers have no memory limit',
    ),
  },
};
