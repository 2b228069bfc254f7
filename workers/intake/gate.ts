import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';

export interface GateOptions {
  readonly maxOpen: number;
  /** Counts the open pipelines. */
  readonly count: () => Promise<number>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /** Interval between two counts, in milliseconds. @default 5000 */
  readonly lookMs?: number;
}

/** Blocks receives and starts while the maximum of open pipelines is reached, or while Temporal does not answer. */
export interface Gate {
  /** Waits until there is room and returns its size; 0 once `signal` aborts. */
  room(signal: AbortSignal): Promise<number>;
  /** Waits for room for one pipeline and reserves it. Resolves to undefined once `signal` aborts. */
  take(signal: AbortSignal): Promise<Place | undefined>;
  /** Forces a new count before anything passes, after a call that Temporal did not answer. */
  doubt(): void;
}

/** A reservation for one pipeline. Exactly one of its functions must be called. */
export interface Place {
  /** Converts the reservation: the pipeline was started. */
  started(): void;
  /** Releases the reservation: nothing was started. */
  free(): void;
}

/** Delay of Temporal's count in milliseconds: it may lack pipelines that were started within this time before it. */
const unseenMs = 2000;

/**
 * Creates a gate over a count that is refreshed every few seconds. Starts between counts are added. Starts shortly
 * before a count are counted twice rather than not at all. One worker never exceeds the limit, but sees the starts of
 * other workers only at the next count.
 */
export function createGate({ maxOpen, count, log, lookMs = 5000 }: GateOptions): Gate {
  let open = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let closed: 'full' | 'away' | undefined;
  let recent: number[] = [];
  let reserved = 0;
  let looking: Promise<void> | undefined;

  /** Logs once when the gate closes, and once when it opens. */
  const tell = (now: typeof closed, error?: string): void => {
    if (now !== closed) {
      if (now === 'full')
        log.warn({ open, maxOpen }, 'as many pipelines are open as may be; files wait in their source');
      else if (now === 'away') log.warn({ error }, 'Temporal does not answer; files wait in their source');
      else log.info({ open, maxOpen }, 'files are taken up again');
    }
    closed = now;
  };

  /** Refreshes the count. Concurrent callers share one call. */
  const look = (): Promise<void> => {
    looking ??= lookOnce().finally(() => {
      looking = undefined;
    });
    return looking;
  };

  const lookOnce = async (): Promise<void> => {
    if (performance.now() - lookedAt < lookMs) return;
    try {
      const asked = performance.now();
      const counted = await count();
      recent = recent.filter((at) => at > asked - unseenMs);
      open = counted + recent.length + reserved;
      lookedAt = performance.now();
      tell(open >= maxOpen ? 'full' : undefined);
    } catch (error) {
      lookedAt = Number.NEGATIVE_INFINITY;
      tell('away', (error as Error).message);
    }
  };

  const room = async (signal: AbortSignal): Promise<number> => {
    while (!signal.aborted) {
      await look();
      if (closed === undefined && open < maxOpen) return maxOpen - open;
      if (closed === undefined) tell('full');
      await delay(lookMs, undefined, { signal }).catch(() => undefined);
    }
    return 0;
  };

  const reserve = (): Place => {
    open++;
    reserved++;
    return {
      started: () => {
        reserved--;
        recent.push(performance.now());
      },
      free: () => {
        reserved--;
        open--;
      },
    };
  };

  return {
    room,
    async take(signal) {
      // Another waiting caller may have taken the room in the meantime.
      while ((await room(signal)) > 0) if (open < maxOpen) return reserve();
      return undefined;
    },
    doubt: () => {
      lookedAt = Number.NEGATIVE_INFINITY;
    },
  };
}
