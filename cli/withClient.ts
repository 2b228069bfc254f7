import type { Client } from '@temporalio/client';
import { connectClient } from '../config/connection';
import { printJson, printLines } from './output';

/** Works with a connected client and closes its connection. Throws `NoTemporalError` when no server answers. */
export async function withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const { client, connection } = await connectClient();
  try {
    return await work(client);
  } finally {
    await connection.close();
  }
}

/** Prints one JSON object, or lines. */
export function say(json: boolean | undefined, object: object, lines: readonly string[]): void {
  if (json) printJson(object);
  else printLines(lines);
}
