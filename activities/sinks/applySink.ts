import { joinUri } from '@etl/lib/uri';
import type { BatchLayout } from '@etl/pipeline/layout';
import { newestCommitNumber } from '@etl/storage/commitLog';
import type { ObjectStore } from '@etl/storage/objectStore';
import { type Turn, type TurnTimings, takeTurn, turnTimings } from '@etl/storage/turns';
import type { SinkAnswer, SinkInput } from '../contract';
import { sinkToken } from '../identity';
import { type SinkCommit, SinkError, type SinkState, type SinkWriters } from '../ports';
import { record } from './record';
import { sinkCommit } from './sinkCommit';

export interface SinkPorts {
  readonly store: ObjectStore;
  readonly sinks: SinkWriters;
}

/**
 * Applies the newest commit of a batch to a sink, or submits the statement that applies it. Applies a commit that is made
 * in the meantime, too, so that the last caller leaves the sink with the newest commit. Callers that apply different
 * commits take turns, as projectors do.
 */
export async function applySink(
  { store, sinks }: SinkPorts,
  input: SinkInput,
  timings: TurnTimings = turnTimings,
): Promise<SinkAnswer> {
  for (;;) {
    const found = await sinkCommit(store, input).catch(failedForGood);
    if ('state' in found) return { ...found, commit: 0 };
    const { place, commit } = found;
    const { number } = commit;
    const turn = await takeTurn(
      store,
      { ...place, claims: joinUri(place.sink(input.name), 'claims') },
      number,
      timings,
    );
    if (!turn) continue;
    const state = await inTurn({ store, sinks }, input, { place, commit, turn });
    await turn.end();
    const isNewest = (await newestCommitNumber(store, place)) === number;
    if (state.state === 'superseded') {
      if (isNewest) return record(store, place, input, aheadOfLog(input, number), number);
    } else {
      const answer = await record(store, place, input, state, number);
      if (isNewest || state.state !== 'applied') return answer;
    }
  }
}

/** Returns a failure: a sink that is ahead of the log rejects every commit of a log that was started again. */
function aheadOfLog({ name }: SinkInput, number: number): SinkState {
  const what = `${name} has a newer commit of this batch than the commit log, whose newest is ${number}`;
  return {
    state: 'failed',
    reason: `${what}: the log was deleted or restored. Remove the batch from ${name}, then run etl sink replay`,
    retry: false,
  };
}

interface Application {
  readonly place: BatchLayout;
  readonly commit: SinkCommit;
  readonly turn: Turn;
}

async function inTurn(
  { store, sinks }: SinkPorts,
  { name, sink, run, attempt }: SinkInput,
  { place, commit, turn }: Application,
): Promise<SinkState> {
  const { number } = commit;
  const call = {
    token: sinkToken(run, name, number, attempt),
    mayProceed: () => turn.mayProceed(),
    store: async (file: string, body: string): Promise<string> => {
      const uri = joinUri(place.sink(name), `${number}-${file}`);
      await store.write(uri, body);
      return uri;
    },
  };
  return sinks(sink.type).apply(commit, sink, call).catch(failedForGood);
}

/** Returns the state for an error that no retry can resolve. Rethrows any other error, which Temporal retries. */
export function failedForGood(error: unknown): Extract<SinkState, { state: 'failed' }> {
  if (error instanceof SinkError) return { state: 'failed', reason: error.message, retry: false };
  throw error;
}
