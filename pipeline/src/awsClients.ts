interface Service {
  /** How long a connection may be silent before its call has failed: longer than the longest call that is in order. */
  readonly silenceSeconds: number;
  /** @default the SDK's own, 3 */
  readonly maxAttempts?: number;
}

const services = {
  ecs: { silenceSeconds: 15 },
  /**
   * A call lasts as long as its function, 900 s at most, and is sent once: the SDK would repeat it after a timeout beside the first.
   * @see AWS Lambda Developer Guide, Lambda quotas
   */
  lambda: { silenceSeconds: 960, maxAttempts: 1 },
  sns: { silenceSeconds: 15 },
  /** A call may wait 20 s for a message. @see Amazon SQS API Reference, ReceiveMessage */
  sqs: { silenceSeconds: 30 },
  s3: { silenceSeconds: 60, maxAttempts: 5 },
  logs: { silenceSeconds: 15 },
  kms: { silenceSeconds: 15 },
  sfn: { silenceSeconds: 15 },
} as const satisfies Record<string, Service>;

export type AwsService = keyof typeof services;

export const silenceSeconds = (service: AwsService): number => services[service].silenceSeconds;

/** Waiting for a free socket counts, so there must be one for every call. */
const connectionTimeoutMs = 5_000;

export interface Calls {
  /** Calls that are under way at the same time, at most: each has a socket. @default no bound */
  readonly concurrency?: number | undefined;
  /** Seconds. @default silenceSeconds(service) */
  readonly silence?: number | undefined;
}

/**
 * Returns the sockets, timeouts and attempts of a client. Every client of AWS is made with them (test/house/awsClients.test.ts): the
 * SDK's own 50 sockets make further calls wait, and time out.
 */
export function clientSettings(
  service: AwsService,
  { concurrency = Number.POSITIVE_INFINITY, silence = silenceSeconds(service) }: Calls = {},
) {
  const agent = { keepAlive: true, maxSockets: Math.max(concurrency, 1) };
  const { maxAttempts }: Service = services[service];
  return {
    ...(maxAttempts !== undefined && { maxAttempts }),
    requestHandler: {
      connectionTimeout: connectionTimeoutMs,
      socketTimeout: silence * 1000,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
}
