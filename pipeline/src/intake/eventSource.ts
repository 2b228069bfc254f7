/**
 * Source of messages about files: a queue, a folder, a topic. A source hides a received delivery from other consumers
 * while it is in progress, and redelivers every delivery that was not settled, also after a crash.
 */
export interface EventSource {
  /** Address, for people. */
  readonly name: string;
  /**
   * Waits for the next deliveries, at most `limit`; may return none. Never throws: an unavailable source is polled
   * again with growing delays. Returns soon after `signal` aborts.
   */
  receive(limit: number, signal: AbortSignal): Promise<readonly Delivery[]>;
  /** Releases all resources; deliveries in progress are redelivered. */
  close(): Promise<void>;
}

/** One received message. Exactly one call of `done` or `again` settles it. */
export interface Delivery {
  /** Identity of the message: the same in every redelivery. */
  readonly id: string;
  readonly body: string;
  /** 1 for the first delivery. */
  readonly receiveCount: number;
  /** Acknowledges the message. Throws when the source did not confirm it: the message may then be redelivered. */
  done(): Promise<void>;
  /**
   * Returns the message for redelivery after at least this delay. Never throws: at worst, redelivery happens at another
   * time.
   */
  again(afterSeconds: number): Promise<void>;
}
