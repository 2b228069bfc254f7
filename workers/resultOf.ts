import type { Client, WorkflowHandle } from '@temporalio/client';
import { temporalClient } from '../config/temporalClient';

/** Deadline of a round in milliseconds: several long polls of the server, which last 20 s each. */
const roundMs = 60_000;

/**
 * Awaits a workflow's result as `handle.result()` does, and rejects once the signal aborts. It polls in rounds with a
 * separate signal each, because Temporal's client adds a listener to the signal with every call and never removes it.
 */
export async function resultOf(
  client: Pick<Client, 'withAbortSignal' | 'withDeadline'>,
  handle: Pick<WorkflowHandle, 'result'>,
  signal: AbortSignal,
): Promise<unknown> {
  for (;;) {
    const round = new AbortController();
    const stop = () => round.abort(signal.reason);
    signal.throwIfAborted();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const deadline = Date.now() + roundMs;
      return await client.withAbortSignal(round.signal, () => client.withDeadline(deadline, () => handle.result()));
    } catch (error) {
      if (!isDeadline(error)) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}

function isDeadline(error: unknown): boolean {
  const { isGrpcDeadlineError } = temporalClient();
  return isGrpcDeadlineError(error) || isGrpcDeadlineError((error as Error).cause);
}
