import type { Cause } from '@etl/pipeline/causes/cause';
import { causeOf } from '@etl/pipeline/causes/causeOf';
import type { Client, Connection } from '@temporalio/client';
import { ConfigError, TemporalConnectionError } from './errors';
import { localDefaults } from './localDefaults';
import { openPayloads } from './payloads/payloads';
import { temporalClient } from './temporalClient';
import { diagnosePort } from './temporalPort';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Returns the settings of Temporal from the environment and the Temporal CLI's profile file. A setting that neither of
 * them has is undefined. An empty variable counts as not set.
 *
 * @throws {ConfigError} when the settings cannot be read.
 */
export function configuredTemporal(env: Env = process.env) {
  const { loadClientConnectConfig } = require('@temporalio/envconfig') as typeof import('@temporalio/envconfig');
  try {
    return loadClientConnectConfig({ overrideEnvVars: setVariables(env) });
  } catch (error) {
    throw new ConfigError([`cannot read the Temporal settings (TEMPORAL_*): ${(error as Error).message}`]);
  }
}

function setVariables(env: Env): Record<string, string> {
  return Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/**
 * Returns the address and namespace of Temporal, read from the environment and the CLI's profile file as the `temporal`
 * CLI does.
 *
 * @default `127.0.0.1:7233`, namespace `default`
 */
export function temporalOptions(env: Env = process.env) {
  const { connectionOptions, namespace } = configuredTemporal(env);
  const address = connectionOptions.address ?? `127.0.0.1:${localDefaults.temporalPort}`;
  return { connection: { ...connectionOptions, address }, namespace: namespace ?? 'default' };
}

const connectTimeoutMs = 5000;

/**
 * Connects a client. The caller closes the connection.
 *
 * @throws {TemporalConnectionError} when no server answers, or its answer is not that of a Temporal server.
 * @throws {ConfigError} when the settings of Temporal or of the payload keys are invalid.
 */
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
    throw new TemporalConnectionError(options.address, await diagnose(options, error), { cause: error });
  }
}

/**
 * Checks that the namespace exists and may be used.
 *
 * @throws {TemporalConnectionError} when it does not exist or access is denied.
 */
export async function checkNamespace(connection: Connection, namespace: string): Promise<void> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
  } catch (error) {
    const cause = causeOf(error);
    if (!cause) throw error;
    throw new TemporalConnectionError(temporalOptions().connection.address, cause, { cause: error });
  }
}

const startRemedy = 'Start the local system with `npx etl up` in another terminal, or set TEMPORAL_ADDRESS';

async function diagnose(options: ReturnType<typeof temporalOptions>['connection'], error: unknown): Promise<Cause> {
  const known = causeOf(error);
  if (known && known.kind !== 'Unavailable') return known;
  const { address, tls } = options;
  const authority = typeof tls === 'object' && tls !== null ? tls.serverRootCACertificate : undefined;
  const found = await diagnosePort({ address, tls: Boolean(tls), ca: authority ? Buffer.from(authority) : undefined });
  const cause = found && causeOf(found);
  if (!cause) return { kind: 'Unavailable', sentence: (error as Error).message, remedy: startRemedy };
  return cause.kind === 'Unavailable' ? { ...cause, remedy: startRemedy } : cause;
}
