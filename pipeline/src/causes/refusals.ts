import { phrases, searched, wordsOf } from './phrases';

/**
 * Meaning of a service's rejection of a request or a task, whatever its wording.
 *
 * - `configuration`: rejected again until a person acts.
 * - `throttled`: too many requests at present.
 * - `capacity`: a quota is used up, or no capacity, network interface or address is free.
 */
export type Refusal = 'configuration' | 'throttled' | 'capacity';

/** A wording and its meaning. A row matches by a code or by a phrase. */
export interface RefusalRow {
  readonly refusal: Refusal;
  /** Matches the name of an error, `HTTP <status>`, or a code that a message quotes. */
  readonly code?: RegExp;
  /** Matches the words of a message (`wordsOf`). */
  readonly phrase?: RegExp;
  /** Where the wording is documented. */
  readonly source: string;
}

const docs = 'https://docs.aws.amazon.com';
const ecsGuide = `${docs}/AmazonECS/latest/developerguide`;
const ecsEvents = `${ecsGuide}/service-event-messages-list.html`;
const ecsFailures = `${ecsGuide}/api_failures_messages.html`;
const ecsThrottling = `${docs}/AmazonECS/latest/APIReference/request-throttling.html`;
const ec2Errors = `${docs}/AWSEC2/latest/APIReference/errors-overview.html`;
const lambdaInvoke = `${docs}/lambda/latest/api/API_Invoke.html`;
const sdk = '@smithy/core, THROTTLING_ERROR_CODES';

/** Groups of words that the phrases share. */
const groups = {
  calls: 'requests?|calls?|api|apis|invocations?|transactions?|attempts|operations|executions|pulls?',
  reached: 'exceed|exceeds|exceeded|exceeding|reach|reached|reaching|hit|hits|hitting|surpassed|breached|over',
  limit: 'limits?|quotas?|maximum|max',
  resources:
    'vcpus?|tasks?|enis?|interfaces?|address|addresses|ips?|instances?|resources?|fargate|spot|accounts?|services?|concurrency|concurrently|concurrent',
  network: 'enis?|interfaces?|address|addresses|ips?',
} as const;
const say = (...patterns: readonly string[]): RegExp => phrases(groups, ...patterns);

/**
 * Every known wording. The first row that matches by a code counts, and the first one that matches by a phrase. A new
 * wording is a row here and a row in test/pipeline/causes/refusals.test.ts.
 */
export const refusalRows: readonly RefusalRow[] = [
  {
    refusal: 'configuration',
    code: /^(Blocked(Exception)?|PendingVerification|OptInRequired|SubscriptionRequiredException)$/,
    phrase: say('account … blocked|suspended|closed|verified|validated|verification|verifying'),
    source: ec2Errors,
  },
  {
    refusal: 'configuration',
    code: /^(MISSING|INACTIVE|ATTRIBUTE|LOCATION)$/,
    source: ecsFailures,
  },
  {
    refusal: 'capacity',
    code: /^RESOURCE:/,
    phrase: say('empty capacity provider'),
    source: ecsFailures,
  },
  {
    refusal: 'capacity',
    code: /^(Insufficient\w*(Capacity|Address\w*|Eni\w*)|Unfulfillable\w*|\w*Capacity\w*(Unavailable|Exceeded)\w*|\w*QuotaExceeded\w*)$/i,
    source: ec2Errors,
  },
  {
    refusal: 'capacity',
    code: /^\w*(Vcpu|Eni|Interfaces?|Address(es)?|Instances?|InstanceCount|Resource|Subnet|Tasks?)Limit(Exceeded|Reached)(Exception)?$/i,
    source: `${ec2Errors}; ${lambdaInvoke}`,
  },
  {
    refusal: 'throttled',
    code: /throttl/i,
    source: `${sdk}; Amazon SNS, Amazon SQS and AWS KMS API References, Common errors`,
  },
  {
    refusal: 'throttled',
    code: /^(HTTP 429|gRPC 8|SlowDown\w*|TooMany\w*Requests\w*|PriorRequestNotComplete|TransactionInProgressException|OverLimit|LimitExceeded(Exception)?)$/i,
    source: `${sdk}; Amazon SQS API Reference, OverLimit; gRPC, status codes`,
  },
  {
    refusal: 'throttled',
    code: /^\w*(Requests?|Rate|Invocations?|Throughput|Bandwidth|Snapshot\w*)(Limit|Quota)?Exceeded(Exception)?$/i,
    source: `${sdk}; ${lambdaInvoke}, TooManyRequestsException`,
  },
  {
    refusal: 'throttled',
    phrase: say(
      'rate|rates|throughput … {reached}|high',
      '{reached} … rate|rates|throughput',
      '{calls} … {limit} … {reached}',
      '{reached} … {calls} … {limit}',
      '{reached} … {limit} … requests|calls|invocations',
      '{reached} … number of requests|calls|invocations',
      'rate limit|limits|limited|limiting',
      'usage limit|limits',
      '^limit exceeded',
    ),
    source: `${ecsThrottling}; ${docs}/AWSEC2/latest/APIReference/throttling.html`,
  },
  {
    refusal: 'throttled',
    phrase: say('toomanyrequests', 'too many … {calls}', 'too frequently|often'),
    source: `${ecsGuide}/task_cannot_pull_image.html; RegisterTaskDefinition, ClientException`,
  },
  {
    refusal: 'throttled',
    phrase: say('slow|slowing down', 'reduce|lower|decrease … rate|rates|frequency|requests'),
    source: `${docs}/AmazonS3/latest/API/ErrorResponses.html`,
  },
  {
    refusal: 'throttled',
    phrase: say(
      '^throttled|throttling',
      '{calls}|is|are|was|were|be|been|being|got|gets throttled',
      'throttles|throttled|throttling by|due|because|the|this|your|error|errors|exception|limit|limits|{calls}',
      'to|by|of|from throttling',
      'to|by|of|from {calls} throttling',
    ),
    source: ecsEvents,
  },
  {
    refusal: 'capacity',
    phrase: say(
      'capacity … unavailable|exceeded|reached|exhausted',
      'capacity … not … available',
      'insufficient|lacks|lacking … capacity',
      'no|enough|sufficient|of capacity',
      'no|enough|sufficient {resources} capacity',
    ),
    source: ecsEvents,
  },
  {
    refusal: 'capacity',
    phrase: say(
      '{reached} … {limit} … {resources}',
      '{reached} … {resources} … {limit}',
      '{resources} … {limit} … {reached}|allows',
      '{limit}|number … {resources} … {reached}|concurrently',
      '{resources}|cpu|memory … above|over your {limit}',
      'than your … {limit}',
      'too many concurrent|running|active … {resources}',
      'insufficient|enough|sufficient … quota|quotas',
      'quota|quotas … exceeded|reached|exhausted|used',
      'exceed|exceeds|exceeded … quota|quotas',
      'limit for the resource',
    ),
    source: `${ecsEvents}; Amazon ECS API Reference, LimitExceededException; ${ec2Errors}, VcpuLimitExceeded`,
  },
  {
    refusal: 'capacity',
    phrase: say(
      'insufficient … {network}',
      'no|enough|lacks … {network} … available|left|remaining|free|in|to|for',
      'enough|no free|private|available … {network}',
      'out|lack of … {network}',
      '{network} … exhausted|used',
    ),
    source: `${ec2Errors}, InsufficientFreeAddressesInSubnet`,
  },
  {
    refusal: 'capacity',
    phrase: say(
      'timeout|timed … network interface',
      'network interface … timeout|timed',
      'timeout|timed … eni',
      'create network interface with public ip assignment',
    ),
    source: `${ecsGuide}/task-failed-start.html`,
  },
  {
    refusal: 'throttled',
    phrase: say('try|retry … later', 'try|retry … in a moment|while|few'),
    source: `${docs}/AmazonECS/latest/APIReference/CommonErrors.html`,
  },
];

/** Codes with a definite meaning: messages of these errors are not searched for phrases. */
const plainCode =
  /AccessDenied|Authoriz|Authentic|Forbidden|Signature|Token|Credential|AccessKey|NotFound|DoesNotExist|NoSuch|NonExistent|Inactive|^HTTP (301|401|403|404)$|^E[A-Z]{3,}/;

/** Matches messages about a mistake, whatever else they contain. */
const plainMistake = say(
  'not found|authorized|associated',
  'does|do not exist',
  "doesn't|don't exist",
  'no such',
  'no|of capacity provider',
  'is|are|was|marked inactive',
  'unable|failed to find',
  'no fargate configuration',
  'unauthorized|unauthorizedoperation|tagpolicyviolation',
  'invalid|unknown subnets?|security|tasks?|parameters?|values?|identifiers?|arns?|revisions?|platform|clusters?|capacity',
  'at most|least',
  'containers?|size|length|tags|variables|elements|characters|bytes … exceed|exceeds|exceeded',
);

/** Response of a service. */
export interface Answered {
  /** Names of the error, and `HTTP <status>`. @default none */
  readonly codes?: readonly string[];
  readonly text: string;
}

/** Returns the meaning of a response; undefined when it is neither about limits nor about the account. */
export function refusalOf({ codes = [], text }: Answered): Refusal | undefined {
  const words = wordsOf(text);
  const isMistake = plainMistake.test(words);
  const named = [...codes, ...quotedCodes(text.slice(0, searched), isMistake)].map(withoutPrefix);
  const byCode = refusalRows.find(({ code }) => code && named.some((each) => code.test(each)))?.refusal;
  if (byCode !== undefined && byCode !== 'throttled') return byCode;
  if (isMistake || codes.some((code) => plainCode.test(code))) return byCode;
  // Services use the throttling code for quotas as well: only the message distinguishes them.
  return refusalRows.find(({ phrase }) => phrase?.test(words))?.refusal ?? byCode;
}

/** Removes a service's prefix: `AWS.SimpleQueueService.OverLimit`, `KMS.ThrottlingException`. */
const withoutPrefix = (code: string): string => /^[A-Z][\w.]*\.([A-Z]\w+)$/.exec(code)?.[1] ?? code;

const quotes: readonly RegExp[] = [
  // (ErrorCode: Throttling)
  /\berror ?code['":= ]{1,4}([A-Z][\w.]+)/gi,
  // An error occurred (ThrottlingException) when …
  /\(([A-Z]\w+)\)/g,
  // ThrottlingException: Rate exceeded
  /(?:^|[:;,] |\n)([A-Z]\w+): /g,
  // Reasons of failures[].
  /(?:^|[:;] )(RESOURCE:\w+|MISSING|INACTIVE|ATTRIBUTE|LOCATION)\b/g,
];
/**
 * Matches a code at the end: `… in subnet 'subnet-1': InsufficientFreeAddressesInSubnet`. A message about a mistake may
 * end with the name of a resource.
 */
const lastWord = /: ([A-Z][a-z]+[A-Z]\w+)(?=\.?$|\.? \()/g;

/** Returns the codes in a message, at the positions of codes: elsewhere a resource may have the name of a code. */
function quotedCodes(text: string, isMistake: boolean): string[] {
  const patterns = isMistake ? quotes : [...quotes, lastWord];
  const found = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, code = '']) => code));
  return /\b(status ?code|HTTP)[: ]{1,2}429\b/i.test(text) ? [...found, 'HTTP 429'] : found;
}
