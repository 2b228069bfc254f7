import type { Client } from '@temporalio/client';
import { connectClient } from '../config/connection';
import { printJson, printLines } from './output';

/**
 * Runs work with a connected client, then closes the connection.
 *
 * @throws {TemporalConnectionError} when no server answers.
 */
export async function withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const { client, connection } = await connectClient();
  try {
    return await work(client);
  } finally {
    await connection.close();
  }
}

/** Prints a JSON object, or text lines. */
export function printResult(json: boolean | undefined, object: object, lines: readonly string[]): void {
  if (json) printJson(object);
  else printLines(lines);
}
