import { AsyncLocalStorage } from 'node:async_hooks';

export interface Clock {
  /** Everything that `work` does, and what that does in turn, has this clock; two clocks know nothing of each other. */
  within<T>(work: () => Promise<T>): Promise<T>;
  skip(ms: number): void;
}

const skipped = new AsyncLocalStorage<{ ms: number }>();
const now = performance.now.bind(performance);

/** Monotonic clocks that a test puts forward, so that a claim's life is no real time. Every one is at its own hour. */
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
