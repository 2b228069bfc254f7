import type { Cause } from '@etl/pipeline/causes/cause';
import { causeOf } from '@etl/pipeline/causes/causeOf';
import type { Client, Connection } from '@temporalio/client';
import { ConfigError, NoTemporalError } from './errors';
import { localDefaults } from './localDefaults';
import { openPayloads } from './payloads/payloads';
import { temporalClient } from './temporalClient';
import { findAtPort } from './temporalPort';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * What the environment and the CLI's own profile file set; each is undefined where neither does. An empty variable counts
 * as not set. Throws `ConfigError`.
 */
export function configuredTemporal(env: Env = process.env) {
  const { loadClientConnectConfig } = require('@temporalio/envconfig') as typeof import('@temporalio/envconfig');
  try {
    return loadClientConnectConfig({ overrideEnvVars: setVariables(env) });
  } catch (error) {
    throw new ConfigError([`the settings of Temporal (TEMPORAL_*): ${(error as Error).message}`]);
  }
}

function setVariables(env: Env): Record<string, string> {
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/** Where Temporal is: the environment and the CLI's own profile file, as the `temporal` CLI reads them. */
export function temporalOptions(env: Env = process.env) {
  const { connectionOptions, namespace } = configuredTemporal(env);
  const address = connectionOptions.address ?? `127.0.0.1:${localDefaults.temporalPort}`;
  return { connection: { ...connectionOptions, address }, namespace: namespace ?? 'default' };
}

const connectTimeoutMs = 5000;

/** A connected client; the caller closes its connection. Throws `NoTemporalError` when no server answers as it should, and `ConfigError`. */
export async function connectClient(
  env: Env = process.env,
): Promise<{ client: Client; connection: Connection; namespace: string }> {
  const { connection: options, namespace } = temporalOptions(env);
  const { dataConverter } = await openPayloads(env);
  const { Client, Connection } = temporalClient();
  try {
    const connection = await Connection.connect({ ...options, connectTimeout: connectTimeoutMs });
    return { client: new Client({ connection, namespace, dataConverter }), connection, namespace };
  } catch (error) {
    throw new NoTemporalError(options.address, await whyNot(options, error), { cause: error });
  }
}

/** Throws `NoTemporalError` when the namespace does not exist, or may not be used. */
export async function checkNamespace(connection: Connection, namespace: string): Promise<void> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
  } catch (error) {
    const cause = causeOf(error);
    if (!cause) throw error;
    throw new NoTemporalError(temporalOptions().connection.address, cause, { cause: error });
  }
}

const startIt = 'Start the local system with `npx etl up` in another terminal, or set TEMPORAL_ADDRESS';

async function whyNot(options: ReturnType<typeof temporalOptions>['connection'], error: unknown): Promise<Cause> {
  const answered = causeOf(error);
  if (answered && answered.kind !== 'Unavailable') return answered;
  const { address, tls } = options;
  const authority = typeof tls === 'object' && tls !== null ? tls.serverRootCACertificate : undefined;
  const found = await findAtPort({ address, tls: Boolean(tls), ca: authority ? Buffer.from(authority) : undefined });
  const cause = found && causeOf(found);
  if (!cause) return { kind: 'Unavailable', sentence: (error as Error).message, remedy: startIt };
  return cause.kind === 'Unavailable' ? { ...cause, remedy: startIt } : cause;
}
