import { type Refusal, refusalOf, refusalRows } from '@etl/pipeline/causes/refusals';

/** Wordings by meaning, from the sources named in the table and from reports of users of the services. */
const wordings: Readonly<Record<Refusal, readonly string[]>> = {
  throttled: [
    'Rate exceeded',
    'Rate Exceeded.',
    'Rate exceeded for operation RunTask.',
    'Rate limit exceeded',
    'Rate-limit exceeded',
    'Your request has been rate-limited',
    'Rate limit has been exceeded, please wait',
    'Request limit exceeded.',
    'Request rate limit exceeded',
    'API rate limit exceeded for this account',
    'The request rate is too high.',
    'Account 123456789012 has been throttled on ecs:RunTask because it exceeded its request rate limit.',
    'The request was denied due to request throttling.',
    'Request was throttled.',
    'Your request has been throttled by EC2',
    'KMS throttled the request',
    'Throttling: the operation cannot be performed at present',
    'service operations are being throttled. Will try again later.',
    'Too many concurrent attempts to create a new revision of the specified family.',
    'Too Many Requests',
    'Too many requests have been made',
    'Too many API calls',
    'Please reduce your request rate.',
    'Reduce your request rate.',
    'Please slow down',
    'You have exceeded the maximum number of requests per second',
    'The rate of requests exceeds the allowed limit',
    'Request exceeds the allowed request rate.',
    'Error retrieving subnet information for [subnet-0a, subnet-0b]: Rate exceeded (ErrorCode: Throttling)',
    'Error retrieving security group information for [sg-0a]: Request limit exceeded. (ErrorCode: RequestLimitExceeded)',
    'Unable to describe subnets: an error occurred (ThrottlingException)',
    'Service returned status code: 429',
    'CannotPullContainerError: pull image manifest has been retried 5 time(s): toomanyrequests: Rate exceeded',
    'CannotPullContainerError: httpReadSeeker: failed open: 429 Too Many Requests - toomanyrequests: You have reached your pull rate limit',
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: ThrottlingException: Rate exceeded status code: 400, request id: 1',
    'ResourceInitializationError: failed to download env files: SlowDown: Please reduce your request rate.',
    'Unexpected EC2 error while attempting to Create Network Interface in subnet subnet-0a: RequestLimitExceeded',
    'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
    'The maximum request rate has been exceeded',
    'Request limit breached',
    'You are calling this API too frequently',
    'Fargate task launch rate exceeded',
    'Throughput exceeds the provisioned level',
    'You have exceeded your request quota',
    'Unable to launch tasks due to API throttling limits',
    'Lambda: Rate Exceeded.',
    'The service is busy. Please try again later.',
  ],
  capacity: [
    "You've reached the limit on the number of vCPUs you can run concurrently",
    'You’ve reached the limit on the number of tasks you can run concurrently. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
    "You've reached the limit on the number of spot tasks you can run concurrently",
    'You have reached the maximum number of concurrent tasks for your account',
    'Capacity is unavailable at this time. Please try again later or in a different availability zone.',
    'The request could not be fulfilled due to insufficient capacity',
    'There is not enough capacity to fulfil the request',
    'No capacity available in the zones of your subnets',
    'There is no Spot capacity available that matches your request.',
    'Tasks provisioning capacity limit exceeded.',
    'The requested CPU configuration is above your limit.',
    'The requested MEMORY configuration is above your limit.',
    'You have requested more vCPU capacity than your current vCPU limit of 32 allows.',
    'Your account has exceeded its Fargate vCPU quota',
    'Service quota exceeded: Fargate On-Demand vCPU resource count',
    'vCPU limit exceeded',
    'Fargate vCPU limit reached',
    'You have reached your Fargate On-Demand vCPU limit',
    'Concurrent task limit exceeded',
    'Too many concurrent tasks',
    'Account has insufficient vCPU quota',
    'Maximum concurrency reached',
    'We are out of capacity',
    'We currently do not have sufficient capacity in the Availability Zone you requested',
    'Insufficient ENI capacity',
    'No ENI attachment points available',
    'IP addresses exhausted in subnet-1',
    'lack of IP addresses',
    'The subnet has insufficient IP address space',
    'The request cannot be fulfilled: capacity is not available at this moment',
    'The limit for the resource was exceeded.',
    'RESOURCE:CPU',
    'RESOURCE:ENI',
    'RESOURCE:MEMORY: arn:aws:ecs:us-east-1:123456789012:container-instance/1',
    'TaskFailedToStart: RESOURCE:CPU',
    'EMPTY CAPACITY PROVIDER',
    'Timeout waiting for network interface provisioning to complete.',
    'Network interface provision complete error timeout wait for network interface provision.',
    "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-0a': InsufficientFreeAddressesInSubnet",
    "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet 'subnet-0a'",
    "insufficient free addresses in subnet 'subnet-0a'",
    'The specified subnet does not have enough free addresses to satisfy the request.',
    'The subnet subnet-0a has run out of IP addresses',
    'No free IP addresses in subnet subnet-0a',
    'The maximum number of network interfaces has been reached.',
    'NetworkInterfaceLimitExceeded: the maximum number of network interfaces has been reached',
  ],
  configuration: [
    'Your account is currently blocked. Contact AWS Support.',
    'Your AWS account is currently blocked and thus cannot launch any Fargate tasks',
    'This account is currently blocked and not recognized as a valid account.',
    'Your account is currently being verified. Verification normally takes less than 2 hours. Please try again later.',
    'MISSING',
    'LOCATION',
    'ATTRIBUTE: arn:aws:ecs:us-east-1:123456789012:container-instance/1',
    'INACTIVE',
  ],
};

const envelopes = [
  'InvalidParameterException',
  'ClientException',
  'ServerException',
  'ThrottlingException',
  'LimitExceededException',
  'AmazonECSException',
];
const cases = (Object.keys(wordings) as Refusal[]).flatMap((refusal) =>
  wordings[refusal].map((text): [string, Refusal] => [text, refusal]),
);

describe('refusals recognised by their wording', () => {
  test.each(cases)('%s', (text, refusal) => {
    expect(refusalOf({ text })).toBe(refusal);
    for (const name of envelopes)
      expect([name, refusalOf({ codes: [name, 'HTTP 400'], text })]).toEqual([name, refusal]);
    for (const varied of [
      `An error occurred: ${text}`,
      text.replaceAll("'", '’'),
      `${text} (Service: AmazonECS; Status Code: 400)`,
    ]) {
      expect([varied, refusalOf({ text: varied })]).toEqual([varied, refusal]);
    }
  });
});

test.each<[string, Refusal]>([
  ['ThrottlingException', 'throttled'],
  ['Throttling', 'throttled'],
  ['Throttled', 'throttled'],
  ['ThrottledException', 'throttled'],
  ['RequestThrottled', 'throttled'],
  ['RequestThrottledException', 'throttled'],
  ['KMSThrottling', 'throttled'],
  ['KMSThrottlingException', 'throttled'],
  ['KmsThrottled', 'throttled'],
  ['KMS.ThrottlingException', 'throttled'],
  ['EC2ThrottledException', 'throttled'],
  ['TooManyRequestsException', 'throttled'],
  ['TooManyRequests', 'throttled'],
  ['RequestLimitExceeded', 'throttled'],
  ['BandwidthLimitExceeded', 'throttled'],
  ['LimitExceededException', 'throttled'],
  ['PriorRequestNotComplete', 'throttled'],
  ['ProvisionedThroughputExceeded', 'throttled'],
  ['ProvisionedThroughputExceededException', 'throttled'],
  ['TransactionInProgressException', 'throttled'],
  ['SlowDown', 'throttled'],
  ['OverLimit', 'throttled'],
  ['AWS.SimpleQueueService.OverLimit', 'throttled'],
  ['ReservedFunctionConcurrentInvocationLimitExceeded', 'throttled'],
  ['CallerRateLimitExceeded', 'throttled'],
  ['ConcurrentInvocationLimitExceeded', 'throttled'],
  ['FunctionInvocationRateLimitExceeded', 'throttled'],
  ['ConcurrentSnapshotCreateLimitExceeded', 'throttled'],
  ['HTTP 429', 'throttled'],
  ['ENILimitReachedException', 'capacity'],
  ['SubnetIPAddressLimitReachedException', 'capacity'],
  ['InsufficientFreeAddressesInSubnet', 'capacity'],
  ['InsufficientInstanceCapacity', 'capacity'],
  ['VcpuLimitExceeded', 'capacity'],
  ['ServiceQuotaExceededException', 'capacity'],
  ['NetworkInterfaceLimitExceeded', 'capacity'],
  ['BlockedException', 'configuration'],
  ['PendingVerification', 'configuration'],
])('recognises a refusal by its code: %s', (code, refusal) => {
  expect(refusalOf({ codes: [code], text: 'no' })).toBe(refusal);
  expect(
    refusalOf({ codes: ['ClientException'], text: `refused (ErrorCode: ${code.replace('HTTP 429', 'Throttling')})` }),
  ).toBe(refusal);
});

describe('configuration mistakes are not refusals, whatever the name of the resource', () => {
  const names = [
    'subnet-1',
    'rate-exceeded',
    'rate-limit-exceeded',
    'throttling',
    'throttled',
    'RateExceeded',
    'Throttling',
    'limit_exceeded',
    'too-many-requests',
    'slow-down',
    'quota-exceeded:3',
    'capacity-unavailable',
    'vcpu.limit.reached',
    'request-limit',
    'rate-limit',
    'rate-limited',
  ];
  const mistakes: readonly [string, (name: string) => string][] = [
    [
      'InvalidParameterException',
      (name) => `The subnet ID '${name}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
    ],
    [
      'InvalidParameterException',
      (name) => `Error retrieving subnet information for [${name}]: The subnet ID '${name}' does not exist`,
    ],
    ['InvalidParameterException', (name) => `Security groups ${name} and subnets ${name} are not in the same VPC.`],
    ['InvalidParameterException', () => 'No Fargate configuration exists for given values.'],
    [
      'InvalidParameterException',
      (name) => `Override for container named ${name} is not a container in the TaskDefinition.`,
    ],
    ['InvalidParameterException', (name) => `The specified capacity provider '${name}' was not found.`],
    ['InvalidParameterException', (name) => `Container Overrides length must be at most 8192: ${name}`],
    ['InvalidParameterException', () => 'Task definition does not support launch_type FARGATE.'],
    ['InvalidParameterException', () => 'Tags can not have more than 50 elements.'],
    ['InvalidParameterException', () => 'The number of containers exceeds the limit of 10.'],
    [
      'ClientException',
      () => "Invalid 'memory' setting for container. Container memory exceeds the task memory limit.",
    ],
    ['ClientException', () => 'Total cpu units of the containers exceeds the cpu limit of the task.'],
    ['ClientException', () => 'The request size exceeds the maximum of 8192 characters.'],
    ['InvalidParameterException', (name) => `Invalid identifier: Unexpected token ${name}`],
    [
      'InvalidParameterException',
      (name) =>
        `Unable to assume the service linked role ${name}. Please verify that the ECS service linked role exists.`,
    ],
    ['ClientException', () => 'TaskDefinition is inactive'],
    ['ClientException', (name) => `TaskDefinition ${name} not found.`],
    ['ClientException', (name) => `Unable to find task definition ${name}`],
    ['ClientException', (name) => `Cluster ${name} is inactive`],
    ['ClientException', (name) => `Role ${name} is not valid`],
    ['ClusterNotFoundException', (name) => `Cluster not found: ${name}`],
    [
      'AccessDeniedException',
      (name) => `User: arn:aws:iam::1:user/${name} is not authorized to perform: ecs:RunTask on resource: ${name}`,
    ],
    ['ServerException', () => 'Service Unavailable. An internal error occurred.'],
    ['PlatformUnknownException', (name) => `The specified platform version ${name} does not exist.`],
  ];

  test.each(mistakes)('%s, %#', (code, text) => {
    for (const name of names) expect([name, refusalOf({ codes: [code], text: text(name) })]).toEqual([name, undefined]);
  });
});

test.each([
  'AGENT',
  'CannotPullContainerError: pull image manifest has been retried 5 time(s): dial tcp: i/o timeout',
  "Unexpected EC2 error while attempting to Create Network Interface in subnet 'subnet-0a': UnauthorizedOperation",
  'ResourceInitializationError: unable to pull secrets or registry auth: AccessDeniedException: User is not authorized',
  'Essential container in task exited',
  'Your Spot Task was interrupted.',
  'ECS answered neither a task nor a failure',
  '',
])('%s is not a limit', (text) => {
  expect(refusalOf({ text })).toBeUndefined();
});

test('every row names its source', () => {
  for (const { source, code, phrase } of refusalRows) {
    expect(source).toMatch(/\w/);
    expect(code ?? phrase).toBeInstanceOf(RegExp);
  }
});
