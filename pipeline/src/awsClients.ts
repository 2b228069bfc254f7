interface Service {
  /** Maximum silence on a connection before its call fails: longer than the longest valid call. */
  readonly silenceSeconds: number;
  /** @default 3, the SDK's own */
  readonly maxAttempts?: number;
}

const services = {
  ecs: { silenceSeconds: 15 },
  glue: { silenceSeconds: 15 },
  /**
   * A call lasts as long as its function, 900 s at most, and is sent once: after a timeout the SDK would send it again
   * while the first one still runs.
   * @see AWS Lambda Developer Guide, Lambda quotas
   */
  lambda: { silenceSeconds: 960, maxAttempts: 1 },
  'redshift-data': { silenceSeconds: 15 },
  sns: { silenceSeconds: 15 },
  /** Long polling waits up to 20 s for a message. @see Amazon SQS API Reference, ReceiveMessage */
  sqs: { silenceSeconds: 30 },
  s3: { silenceSeconds: 60, maxAttempts: 5 },
  logs: { silenceSeconds: 15 },
  kms: { silenceSeconds: 15 },
  sfn: { silenceSeconds: 15 },
} as const satisfies Record<string, Service>;

export type AwsService = keyof typeof services;

export const silenceSeconds = (service: AwsService): number => services[service].silenceSeconds;

/** Includes the wait for a free socket, so each concurrent call needs a socket. */
const connectionTimeoutMs = 5_000;

export interface Calls {
  /** Maximum number of concurrent calls; each has a socket. @default unbounded */
  readonly concurrency?: number | undefined;
  /** Maximum silence, in seconds. @default silenceSeconds(service) */
  readonly silence?: number | undefined;
}

/**
 * Returns the sockets, timeouts and attempts of a client. Every AWS client uses them (test/house/awsClients.test.ts):
 * with the SDK's default of 50 sockets, further calls queue and time out.
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
