import { AsyncLocalStorage } from 'node:async_hooks';

export interface Clock {
  /** Runs `work`, including its asynchronous calls, with this clock. Clocks are independent of each other. */
  within<T>(work: () => Promise<T>): Promise<T>;
  skip(ms: number): void;
}

const skipped = new AsyncLocalStorage<{ ms: number }>();
const now = performance.now.bind(performance);

/**
 * Monotonic clocks that a test advances, so that the life of a claim takes no real time. Each clock starts at another
 * time.
 */
export function useClocks(): () => Clock {
  beforeAll(() => {
    jest.spyOn(performance, 'now').mockImplementation(() => now() + (skipped.getStore()?.ms ?? 0));
  });
  afterAll(() => jest.restoreAllMocks());
  return () => {
    const mine = { ms: 0 };
    return {
      within: (work) => skipped.run(mine, work),
      skip: (ms) => {
        mine.ms += ms;
      },
    };
  };
}
