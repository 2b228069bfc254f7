import type { WorldName } from './world';

/** Where a world does not do what ECS does. */
export interface Deviation {
  /** Why, in words for the document. */
  readonly reason: string;
  /** What the check says then. Any other failure is none that we know of. */
  readonly seen: RegExp;
}

const notRefused = (reason: string): Deviation => ({ reason, seen: /^was not refused$/ });
const received = (what: string, reason: string): Deviation => ({
  reason,
  seen: new RegExp(`^Received: +${what}$`, 'm'),
});
/** StopTask of ministack does not wait for the program to end, nor looks at how it did. */
const stoppedAtOnce = (what: string) =>
  received(what, 'STOPPED at once with exit code 0, while the container is still being stopped');

/** The data behind docs/ecs-conformance.md: world, behaviour, deviation. */
export const deviations: Readonly<Record<WorldName, Readonly<Record<string, Deviation>>>> = {
  local: {},
  ministack: {
    'a deregistered revision is INACTIVE; its family means the newest that is not': received(
      '2',
      'a family means its newest revision, INACTIVE or not',
    ),
    'RunTask refuses a definition that is INACTIVE': notRefused('the status of a definition is not looked at'),
    'a definition of a size that Fargate does not have is refused': notRefused('sizes are kept, not checked'),
    'a definition whose containers together are larger than the task is refused':
      notRefused('sizes are kept, not checked'),
    'a definition of less than 21 or more than 200 GiB of storage is refused':
      notRefused('sizes are kept, not checked'),
    'RunTask refuses a task in awsvpc mode without subnets': notRefused(
      "a task is on Docker's network whatever it asks",
    ),
    'RunTask refuses more than ten tasks at once': notRefused('limits are not checked'),
    'RunTask refuses overrides over 8,192 characters': notRefused('limits are not checked'),
    'RunTask refuses a size that Fargate does not have': notRefused('overrides of the size are ignored'),
    'RunTask refuses an override of a container that is not there': notRefused('such an override is ignored'),
    'RunTask refuses a startedBy with other characters': notRefused('limits are not checked'),
    'RunTask refuses a client token over 64 characters': notRefused('client tokens are ignored'),
    'RunTask refuses a cluster that is not there': notRefused('the cluster is made'),
    'DescribeTasks refuses more than 100 tasks': notRefused('limits are not checked'),
    'ListTasks takes no other filter beside startedBy': notRefused('filters are combined'),
    'the same client token and request give the same task, STOPPED or not': received(
      '"arn:.*"',
      'client tokens are ignored: a second task starts',
    ),
    'the same client token and another request are a conflict that names the task': {
      reason: 'client tokens are ignored: a second task starts',
      seen: /Expected constructor: ConflictException/,
    },
    'the size and storage that an override asks for are shown': {
      reason: 'overrides of the size are ignored: the definition is shown',
      seen: /"cpu": "256"/,
    },
    'a task names its cluster, an id of 32 hexadecimal digits, its family as its group, its starter': {
      reason: 'the id is a UUID with dashes, and there is no group unless given',
      seen: /Received string: +"arn:aws:ecs:us-east-1:000000000000:task\/etl\/[0-9a-f]{8}-/,
    },
    'tags are not shown when not asked for': { reason: 'tags are always shown', seen: /"value": "r1"/ },
    'managed tags name the cluster': {
      reason: 'there are no managed tags',
      seen: /Received array: +\[\]/,
    },
    'an end by itself has the reason "Essential container in task exited"': received(
      '"Essential container exited"',
      'the words are others',
    ),
    'StopTask of a task that has not started ends it without an exit code': {
      reason: 'the exit code is 0, although nothing has run',
      seen: /Expected value: 0/,
    },
    'StopTask sends SIGKILL after the stop timeout: 137': stoppedAtOnce('0'),
    'a task that is being stopped is not STOPPED before its program has ended': stoppedAtOnce('0'),
    'StopTask sends SIGTERM, and the exit code is what the program answers: 143 of the ETL image': stoppedAtOnce('0'),
    'an image that cannot be pulled has the reason CannotPullContainerError': {
      reason: 'only tasks of a service have it; this one has ResourceInitializationError',
      seen: /"ResourceInitializationError: unable to pull image or start container: /,
    },
    "an essential sidecar's end stops the task; its exit code is never the ETL's": received(
      '5',
      'a container that is stopped along with the task gets the exit code of the one that ended',
    ),
    "a sidecar that the ETL's end stops has an exit code of its own": {
      reason: 'a container that is stopped along with the task gets the exit code of the one that ended',
      seen: /- +143,\n\+ +3,/,
    },
    'a container finds its memory use at the metadata endpoint': received('1', '`/stats` is empty'),
    'a container that needs more memory than its task has is killed: 137, OutOfMemoryError': received(
      '9',
      'containers have no memory limit',
    ),
  },
};
