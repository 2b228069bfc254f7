import type { Client } from '@temporalio/client';
import { configuredTemporal, connectClient, temporalOptions } from '../../config/connection';
import { explain } from '../../config/explain';
import { localDefaults } from '../../config/localDefaults';
import { isPortFree } from '../../local/freePort';
import { bounded } from './bounded';

/** The Temporal server, or why it cannot be used. */
export type Server =
  | { readonly address: string; readonly client: Client; close(): Promise<void> }
  | { readonly address: string; readonly problem: string };

/** Longest time in milliseconds until the server answers. */
const connectMs = 5000;

/** Connects to the configured server within five seconds. Never throws. */
export async function connectServer(): Promise<Server> {
  let address = `127.0.0.1:${localDefaults.temporalPort}`;
  try {
    address = temporalOptions().connection.address;
    // The client tries for seconds to reach a port on which nothing listens.
    const isDefault = configuredTemporal().connectionOptions.address === undefined;
    if (isDefault && (await isPortFree(localDefaults.temporalPort)))
      return { address, problem: 'no server is running' };
    const { client, connection } = await bounded(connectClient(), connectMs);
    return { address, client, close: () => connection.close() };
  } catch (error) {
    return { address, problem: explain(error)?.message ?? (error as Error).message };
  }
}
