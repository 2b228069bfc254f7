import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';

export interface GateOptions {
  readonly maxOpen: number;
  /** How many pipelines are open now. */
  readonly count: () => Promise<number>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Between two looks. */
  readonly lookMs?: number;
}

/** Holds back a reader while there is no room, or nobody to ask. */
export interface Gate {
  /** Waits until there is room, and returns for how many; 0 once `signal` aborts. */
  room(signal: AbortSignal): Promise<number>;
  /** One more is open. */
  started(): void;
  /** Temporal did not answer somebody: ask it before more is taken up. */
  doubt(): void;
}

/** A count of Temporal may not have what was started so shortly before it. */
const unseenMs = 2000;

/**
 * Room for pipelines, by a count that is looked up again every few seconds. Starts in between are added, and those just before a
 * look a second time, rather than not at all; what other workers start is not seen until the next look, so the limit is kept
 * to within what a few seconds bring.
 */
export function createGate({ maxOpen, count, log, lookMs = 5000 }: GateOptions): Gate {
  let open = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let closed: 'full' | 'away' | undefined;
  let recent: number[] = [];

  /** Says it once when it closes, and once when it opens. */
  const tell = (now: typeof closed, error?: string): void => {
    if (now !== closed) {
      if (now === 'full')
        log.warn({ open, maxOpen }, 'as many pipelines are open as may be; files wait in their source');
      else if (now === 'away') log.warn({ error }, 'Temporal does not answer; files wait in their source');
      else log.info({ open, maxOpen }, 'files are taken up again');
    }
    closed = now;
  };

  const look = async (): Promise<void> => {
    if (performance.now() - lookedAt < lookMs) return;
    try {
      const asked = performance.now();
      const counted = await count();
      recent = recent.filter((at) => at > asked - unseenMs);
      open = counted + recent.length;
      lookedAt = performance.now();
      tell(open >= maxOpen ? 'full' : undefined);
    } catch (error) {
      lookedAt = Number.NEGATIVE_INFINITY;
      tell('away', (error as Error).message);
    }
  };

  return {
    async room(signal) {
      while (!signal.aborted) {
        await look();
        if (closed === undefined && open < maxOpen) return maxOpen - open;
        if (closed === undefined) tell('full');
        await delay(lookMs, undefined, { signal }).catch(() => undefined);
      }
      return 0;
    },
    started: () => {
      open++;
      recent.push(performance.now());
    },
    doubt: () => {
      lookedAt = Number.NEGATIVE_INFINITY;
    },
  };
}
