import type { Client, Connection } from '@temporalio/client';
import { NoTemporalError } from './errors';
import { localDefaults } from './localDefaults';
import { temporalClient } from './temporalClient';

/** Where Temporal is: the environment and the CLI's own profile file, as the `temporal` CLI reads them. */
export function temporalOptions() {
  const { loadClientConnectConfig } = require('@temporalio/envconfig') as typeof import('@temporalio/envconfig');
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const address = connectionOptions.address ?? `127.0.0.1:${localDefaults.temporalPort}`;
  return { connection: { ...connectionOptions, address }, namespace: namespace ?? 'default' };
}

/** A connected client; the caller closes its connection. Throws `NoTemporalError` when no server answers. */
export async function connectClient(): Promise<{ client: Client; connection: Connection; namespace: string }> {
  const { connection: options, namespace } = temporalOptions();
  const { Client, Connection } = temporalClient();
  try {
    const connection = await Connection.connect({ ...options, connectTimeout: 5000 });
    return { client: new Client({ connection, namespace }), connection, namespace };
  } catch (error) {
    throw new NoTemporalError(`no Temporal server answers at ${options.address}`, { cause: error });
  }
}
