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

/** Holds back a reader, and each start, while as many pipelines are open as may be, or Temporal does not answer. */
export interface Gate {
  /** Waits until there is room, and returns for how many; 0 once `signal` aborts. */
  room(signal: AbortSignal): Promise<number>;
  /** Waits for room for one pipeline and reserves it. Undefined once `signal` aborts. */
  take(signal: AbortSignal): Promise<Place | undefined>;
  /** Makes the gate ask Temporal before it lets anything through: a call was not answered. */
  doubt(): void;
}

/** Room for one pipeline. Ends with exactly one of its calls. */
export interface Place {
  /** The pipeline was started. */
  started(): void;
  /** Nothing was started. */
  free(): void;
}

/** A count of Temporal may not have what was started so shortly before it. */
const unseenMs = 2000;

/**
 * Creates a gate over a count that is looked up again every few seconds. Starts in between are added, and those just before a
 * look a second time, rather than not at all. One worker never exceeds the limit; what other workers start is not seen until
 * the next look.
 */
export function createGate({ maxOpen, count, log, lookMs = 5000 }: GateOptions): Gate {
  let open = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let closed: 'full' | 'away' | undefined;
  let recent: number[] = [];
  let reserved = 0;
  let looking: Promise<void> | undefined;

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

  /** All who wait share one look. */
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
      // Others that wait may have taken it in the meantime.
      while ((await room(signal)) > 0) if (open < maxOpen) return reserve();
      return undefined;
    },
    doubt: () => {
      lookedAt = Number.NEGATIVE_INFINITY;
    },
  };
}
