import { setTimeout as delay } from 'node:timers/promises';
import { layout } from '@etl/pipeline/layout';
import { lineageEvent } from '@etl/pipeline/lineage/events';
import { readNewestCommit } from '@etl/storage/commitLog';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { LineageReport } from './contract';
import type { Lineage } from './ports';

/** Longest time that an event delays its run, in milliseconds. The event is sent on afterwards. */
const waitMs = 400;

export interface LineagePorts {
  readonly store: Pick<ObjectStore, 'list' | 'readSmall'>;
  readonly lineage: Lineage;
}

/** Sends the event of a run's start or end. Never fails, and does not wait for a slow collector. */
export async function reportLineage(
  { store, lineage }: LineagePorts,
  { type, run, failure }: LineageReport,
  at: Date,
): Promise<void> {
  const send = async (): Promise<void> => {
    const manifest = type === 'COMPLETE' ? await manifestOf(store, run) : undefined;
    await lineage.send(lineageEvent(type, at, run, lineage.settings, { manifest, failure }));
  };
  // The events of a run are sent in order, so that no collector sees an end before its start.
  const sent = lineage.inOrder(run.runId, send);
  await Promise.race([sent, delay(waitMs, undefined, { ref: false })]);
}

/** Returns the manifest of a delivered batch; undefined if it cannot be read, because the event matters more. */
async function manifestOf(store: LineagePorts['store'], { batch, destination }: LineageReport['run']) {
  const { dataset, batchDate, source } = batch;
  if (destination === undefined || dataset === undefined || batchDate === undefined || source === undefined)
    return undefined;
  const commit = await readNewestCommit(store, layout(destination, { dataset, batchDate, source })).catch(
    () => undefined,
  );
  return commit?.manifest;
}
