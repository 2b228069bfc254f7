import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { baseName, joinUri } from '@etl/lib/uri';
import type { BatchLayout } from '@etl/pipeline/layout';
import { newestCommitNumber } from './commitLog';
import type { ObjectStore } from './objectStore';

export interface TurnTimings {
  /** How long a claim blocks projectors of newer commits if its owner has died. */
  readonly lifeMs: number;
  /** How long the owner uses a claim before renewing it. The rest of its life covers requests in flight. */
  readonly useMs: number;
  readonly pollMs: number;
}

export const turnTimings: TurnTimings = { lifeMs: 90_000, useMs: 15_000, pollMs: 250 };

/** A claim that is older than the own claim by this much, by the clock of the store, has expired without being watched. */
const oldMs = 15 * 60_000;

export interface Turn {
  /** Returns whether the next change is allowed; false if a newer commit exists. Call it before each change. */
  mayProceed(): Promise<boolean>;
  /** Returns whether changes are allowed without a renewal of the claim. */
  isFresh(): boolean;
  /** Releases the claim. Call it only without requests in flight; after an error, let the claim expire. */
  end(): Promise<void>;
}

/**
 * Acquires the turn to project a commit. Projectors of different commits of a batch take turns, because an S3 object
 * that an older one writes late would otherwise appear below the newer one's `_SUCCESS`. A projector writes a claim,
 * then checks for newer commits, then waits until no claim for an older commit is left. An older projector either wrote
 * its claim before, so the newer one waits, or checks after the newer commit exists, and yields. Projectors of one
 * commit write the same bytes and do not wait for each other.
 *
 * @returns the turn; undefined if a newer commit exists
 */
export async function takeTurn(
  store: ObjectStore,
  place: BatchLayout,
  number: number,
  timings: TurnTimings,
): Promise<Turn | undefined> {
  const isNewest = async () => (await newestCommitNumber(store, place)) === number;
  let claim = await writeClaim(store, place, number);
  const isFresh = () => performance.now() - claim.since < timings.useMs;
  const turn: Turn = {
    isFresh,
    async mayProceed() {
      while (!isFresh()) {
        const previous = claim;
        claim = await writeClaim(store, place, number);
        await store.remove(previous.uri);
        if (!(await isNewest())) return false;
      }
      return true;
    },
    end: () => store.remove(claim.uri),
  };
  if (await isNewest()) {
    await waitForOlder(store, place, { number, claim: claim.uri }, timings);
    if (await turn.mayProceed()) return turn;
  }
  await turn.end();
  return undefined;
}

async function writeClaim(store: ObjectStore, place: BatchLayout, number: number) {
  const since = performance.now();
  const uri = joinUri(place.claims, `${number}-${randomUUID()}`);
  await store.write(uri, '');
  return { uri, since };
}

/**
 * Waits until the claims that exist are released or have expired. The caller's own changes must be visible before, to
 * owners of later claims.
 */
export async function awaitTurns(store: ObjectStore, claims: string, timings: TurnTimings): Promise<void> {
  await waitForOlder(store, { claims }, { number: Number.POSITIVE_INFINITY, claim: '' }, timings);
}

/**
 * Waits for older claims. A claim has expired when it was seen for its whole life, or is much older than the own claim. The local clock
 * is not used: it may differ from that of the store by any amount.
 */
async function waitForOlder(
  store: ObjectStore,
  place: Pick<BatchLayout, 'claims'>,
  mine: { readonly number: number; readonly claim: string },
  timings: TurnTimings,
) {
  const firstSeen = new Map<string, number>();
  for (;;) {
    const claims = new Map<string, number>();
    for await (const { uri, modifiedAt } of store.list(place.claims)) claims.set(uri, modifiedAt.getTime());
    const madeAt = claims.get(mine.claim) ?? 0;
    const older = [...claims.keys()].filter((uri) => Number.parseInt(baseName(uri), 10) < mine.number);
    const isExpired = (uri: string): boolean => {
      const seen = firstSeen.get(uri) ?? performance.now();
      firstSeen.set(uri, seen);
      return performance.now() - seen >= timings.lifeMs || madeAt - (claims.get(uri) ?? madeAt) > oldMs;
    };
    const expired = older.filter(isExpired);
    if (expired.length === older.length) {
      for (const uri of expired) await store.remove(uri);
      return;
    }
    await sleep(timings.pollMs);
  }
}
