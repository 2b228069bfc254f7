/**
 * Where news of files comes from: a queue, a folder, a topic. A source keeps what it has handed over from others, as long as
 * it is in hand, and brings again whatever was not settled: after a crash too.
 */
export interface EventSource {
  /** For people: the address. */
  readonly name: string;
  /**
   * Waits for the next deliveries, `limit` at most; may return none. Never throws: a source that is away is asked again, ever
   * more seldom. Returns soon when `signal` aborts.
   */
  receive(limit: number, signal: AbortSignal): Promise<readonly Delivery[]>;
  /** Lets go of everything; what is in hand comes again. */
  close(): Promise<void>;
}

/** One message in hand. Ends with exactly one call of `done` or `again`. */
export interface Delivery {
  /** The same each time the message comes. */
  readonly id: string;
  readonly body: string;
  /** 1 for the first time. */
  readonly receiveCount: number;
  /** Never comes again. Throws when the source did not hear of it: it may come again then. */
  done(): Promise<void>;
  /** Comes again, not before so long. Never throws: at the worst it comes at another time. */
  again(afterSeconds: number): Promise<void>;
}
