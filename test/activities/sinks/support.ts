import { layout } from '@etl/pipeline/layout';
import { commit } from '@etl/storage/commit';
import type { SinkInput } from '../../../activities/contract';
import type { SinkWriter, SinkWriters } from '../../../activities/ports';
import { prepare } from '../../storage/support/batches';
import { MemoryStore } from '../../support/fakePorts';

export const destination = 's3://lake';
export const batch = { dataset: 'ventas', batchDate: '2026-02-08', source: 'norte' };
export const place = layout(destination, batch);
export const timings = { lifeMs: 60_000, useMs: 50, pollMs: 1 };

export const input: SinkInput = {
  destination,
  batch,
  name: 'catalog',
  sink: { type: 'glue', database: 'lake' },
  run: { workflowId: 'w', runId: 'r', startedAt: '2026-02-08T10:00:00.000Z' },
  attempt: 1,
};

/** Adds commit number `number` to a batch. */
export async function addCommit(store: MemoryStore, number: number, to = place): Promise<void> {
  await commit(store, to, await prepare(store, to, { name: `run-${number}`, startedAt: number, parts: 2 }));
}

export async function storeWithCommits(count: number): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (let number = 1; number <= count; number++) await addCommit(store, number);
  return store;
}

type Fake = SinkWriter<{ readonly type: string }>;

/** Writers of every type that call the same functions. */
export function fakeWriters(changes: Partial<Fake> = {}): SinkWriters {
  const writer: Fake = { apply: async () => ({ state: 'applied', detail: 'lake.ventas' }), ...changes };
  return () => writer;
}
