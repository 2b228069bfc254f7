import { setTimeout as sleep } from 'node:timers/promises';
import type { SinkAnswer, SinkWait } from '../contract';
import { failedForGood, type SinkPorts } from './applySink';
import { record } from './record';
import { sinkCommit } from './sinkCommit';

/** Interval between two polls, in milliseconds: starts at `firstMs` and doubles up to `lastMs`. */
export const pollIntervals = { firstMs: 500, lastMs: 10_000 } as const;

/**
 * Waits until a statement of a sink has ended, and records its outcome.
 * @throws if the signal is aborted first
 */
export async function awaitSink(
  { store, sinks }: SinkPorts,
  input: SinkWait,
  signal: AbortSignal,
  { firstMs, lastMs }: { readonly firstMs: number; readonly lastMs: number } = pollIntervals,
): Promise<SinkAnswer> {
  const { place, commit } = await sinkCommit(store, input, input.commit);
  const writer = sinks(input.sink.type);
  for (let wait = firstMs; ; wait = Math.min(2 * wait, lastMs)) {
    const state = (await writer.poll?.(input.statement, commit, input.sink).catch(failedForGood)) ?? noStatements;
    if (state.state !== 'running') return record(store, place, input, state, input.commit);
    await sleep(wait, undefined, { signal });
  }
}

const noStatements = {
  state: 'failed',
  reason: 'this worker cannot poll statements of the sink type. Deploy the same version to all workers',
  retry: false,
} as const;
