import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';

export interface GateOptions {
  readonly maxOpen: number;
  /** Counts the open pipelines. */
  readonly count: () => Promise<number>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Interval between two counts, in milliseconds. @default 5000 */
  readonly refreshMs?: number;
}

/** Blocks receives and starts while the maximum of open pipelines is reached, or while Temporal does not answer. */
export interface Gate {
  /** Waits until there is room and returns its size; 0 once `signal` aborts. */
  waitForRoom(signal: AbortSignal): Promise<number>;
  /** Waits for room for one pipeline and reserves it. Resolves to undefined once `signal` aborts. */
  reserve(signal: AbortSignal): Promise<Reservation | undefined>;
  /** Forces a new count before anything passes, after a call that Temporal did not answer. */
  invalidate(): void;
}

/** A reservation for one pipeline. Exactly one of its functions must be called. */
export interface Reservation {
  /** Converts the reservation: the pipeline was started. */
  commit(): void;
  /** Releases the reservation: nothing was started. */
  release(): void;
}

/** Lag of Temporal's count in milliseconds: it may lack pipelines that were started within this time before it. */
const countLagMs = 2000;

/**
 * Creates a gate over a count that is refreshed every few seconds. Starts between counts are added. Starts shortly
 * before a count are counted twice rather than not at all. One worker never exceeds the limit, but sees the starts of
 * other workers only at the next count.
 */
export function createGate({ maxOpen, count, log, refreshMs = 5000 }: GateOptions): Gate {
  let open = 0;
  let countedAt = Number.NEGATIVE_INFINITY;
  let closed: 'full' | 'unavailable' | undefined;
  let recent: number[] = [];
  let reserved = 0;
  let refreshing: Promise<void> | undefined;

  /** Logs once when the gate closes, and once when it opens. */
  const setClosed = (now: typeof closed, error?: string): void => {
    if (now !== closed) {
      if (now === 'full') log.warn({ open, maxOpen }, 'reached the limit of open pipelines; the intake is paused');
      else if (now === 'unavailable') log.warn({ error }, 'Temporal is unavailable; the intake is paused');
      else log.info({ open, maxOpen }, 'the intake has resumed');
    }
    closed = now;
  };

  /** Refreshes the count. Concurrent callers share one call. */
  const refresh = (): Promise<void> => {
    refreshing ??= refreshOnce().finally(() => {
      refreshing = undefined;
    });
    return refreshing;
  };

  const refreshOnce = async (): Promise<void> => {
    if (performance.now() - countedAt < refreshMs) return;
    try {
      const requestedAt = performance.now();
      const counted = await count();
      recent = recent.filter((at) => at > requestedAt - countLagMs);
      open = counted + recent.length + reserved;
      countedAt = performance.now();
      setClosed(open >= maxOpen ? 'full' : undefined);
    } catch (error) {
      countedAt = Number.NEGATIVE_INFINITY;
      setClosed('unavailable', (error as Error).message);
    }
  };

  const waitForRoom = async (signal: AbortSignal): Promise<number> => {
    while (!signal.aborted) {
      await refresh();
      if (closed === undefined && open < maxOpen) return maxOpen - open;
      if (closed === undefined) setClosed('full');
      await delay(refreshMs, undefined, { signal }).catch(() => undefined);
    }
    return 0;
  };

  const addReservation = (): Reservation => {
    open++;
    reserved++;
    return {
      commit: () => {
        reserved--;
        recent.push(performance.now());
      },
      release: () => {
        reserved--;
        open--;
      },
    };
  };

  return {
    waitForRoom,
    async reserve(signal) {
      // Another waiting caller may have taken the room in the meantime.
      while ((await waitForRoom(signal)) > 0) if (open < maxOpen) return addReservation();
      return undefined;
    },
    invalidate: () => {
      countedAt = Number.NEGATIVE_INFINITY;
    },
  };
}
