import type { DeadLetter, LetterAddress, LetterQueue } from '../../../activities/ports';
import type { MemoryStore } from '../../support/fakePorts';

export interface QueuedLetter extends DeadLetter, Partial<LetterAddress> {
  readonly id: string;
}

/** An in-memory queue that finds every letter. */
export class MemoryQueue implements LetterQueue {
  letters: QueuedLetter[] = [];
  retentionSeconds = 345_600;
  /** Whether the worker may read the state of the queue; `state()` returns undefined otherwise. */
  isOpen = true;
  sent = 0;

  async send(letter: DeadLetter, address?: LetterAddress): Promise<string> {
    const id = `l${++this.sent}`;
    this.letters.push({ ...letter, ...address, id });
    return id;
  }
  async state() {
    return this.isOpen ? { retentionSeconds: this.retentionSeconds, letters: this.letters.length } : undefined;
  }
  async removeSent(key: string, letterId: string): Promise<boolean> {
    const at = this.letters.findIndex(({ id }) => id === letterId);
    if (at < 0) return false;
    this.letters = this.letters.filter((each, index) => index > at || (each.key !== key && each.id !== letterId));
    return true;
  }
}

/** Yields to other callers a number of times. */
export type Yield = () => Promise<void>;

/** The same store and queue, with yields before and after each call. */
export function yielding(
  store: MemoryStore,
  queue: MemoryQueue,
  turn: Yield,
): { store: MemoryStore; queue: LetterQueue } {
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (of, name) => {
        const value = Reflect.get(of, name) as unknown;
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          await turn();
          const result = (await value.apply(of, args)) as unknown;
          await turn();
          return result;
        };
      },
    });
  return { store: wrap(store), queue: wrap(queue) };
}

export const letterOf = (name: string, changes: Partial<DeadLetter> = {}): DeadLetter => ({
  event: { detail: { s3Key: `s3://raw/ventas/${name}.csv`, batchDate: '2026-02-08' } },
  failureType: 'BadData',
  reason: 'too many rejects',
  workflowId: `etl/ventas/2026-02-08/${name}`,
  runId: 'r1',
  ...changes,
});
