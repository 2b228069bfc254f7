import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { baseName, joinUri } from '@etl/lib/uri';
import type { BatchLayout } from '@etl/pipeline/layout';
import { newestCommitNumber } from './commitLog';
import type { ObjectStore } from './objectStore';

export interface TurnTimings {
  /** How long a claim keeps projectors of newer commits waiting when its owner is gone. */
  readonly lifeMs: number;
  /** How long its owner works on it before making a new one; the rest of its life is for requests under way. */
  readonly useMs: number;
  readonly pollMs: number;
}

export const turnTimings: TurnTimings = { lifeMs: 90_000, useMs: 15_000, pollMs: 250 };

/** A claim that is so much older than one's own, by the clock of the store, is dead without being watched. */
const oldMs = 15 * 60_000;

export interface Turn {
  /** To be asked before each change. False: a newer commit is there, change nothing more. */
  mayGoOn(): Promise<boolean>;
  /** Only when no request is under way any more; after an error the claim is left to die, since one may still land. */
  end(): Promise<void>;
}

/**
 * Projectors of different commits of a batch take turns: an S3 object that an older one writes late would otherwise lie
 * under the newer one's `_SUCCESS`. Who wants to project leaves a claim, then looks for newer commits, then waits until no
 * claim for an older commit is left. An older one either left its claim before, and is waited for, or looks after the
 * newer commit is there, and gives way. Projectors of one commit write the same bytes and need not wait for each other.
 * Undefined when a newer commit is there.
 */
export async function takeTurn(
  store: ObjectStore,
  place: BatchLayout,
  number: number,
  timings: TurnTimings,
): Promise<Turn | undefined> {
  const newest = async () => (await newestCommitNumber(store, place)) === number;
  let claim = await makeClaim(store, place, number);
  const turn: Turn = {
    async mayGoOn() {
      while (performance.now() - claim.since >= timings.useMs) {
        const previous = claim;
        claim = await makeClaim(store, place, number);
        await store.remove(previous.uri);
        if (!(await newest())) return false;
      }
      return true;
    },
    end: () => store.remove(claim.uri),
  };
  if (await newest()) {
    await waitForOlder(store, place, { number, claim: claim.uri }, timings);
    if (await turn.mayGoOn()) return turn;
  }
  await turn.end();
  return undefined;
}

async function makeClaim(store: ObjectStore, place: BatchLayout, number: number) {
  const since = performance.now();
  const uri = joinUri(place.claims, `${number}-${randomUUID()}`);
  await store.write(uri, '');
  return { uri, since };
}

/**
 * A claim counts as dead once it was seen for its whole life, or is much older than one's own: the clock of this machine may be any
 * number of days from that of the store.
 */
async function waitForOlder(
  store: ObjectStore,
  place: BatchLayout,
  mine: { readonly number: number; readonly claim: string },
  timings: TurnTimings,
) {
  const firstSeen = new Map<string, number>();
  for (;;) {
    const claims = new Map<string, number>();
    for await (const { uri, modifiedAt } of store.list(place.claims)) claims.set(uri, modifiedAt.getTime());
    const madeAt = claims.get(mine.claim) ?? 0;
    const older = [...claims.keys()].filter((uri) => Number.parseInt(baseName(uri), 10) < mine.number);
    const isDead = (uri: string): boolean => {
      const seen = firstSeen.get(uri) ?? performance.now();
      firstSeen.set(uri, seen);
      return performance.now() - seen >= timings.lifeMs || madeAt - (claims.get(uri) ?? madeAt) > oldMs;
    };
    const dead = older.filter(isDead);
    if (dead.length === older.length) {
      for (const uri of dead) await store.remove(uri);
      return;
    }
    await sleep(timings.pollMs);
  }
}
