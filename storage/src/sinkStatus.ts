import { joinUri } from '@etl/lib/uri';
import type { BatchLayout } from '@etl/pipeline/layout';
import { parseSinkStatus, type SinkStatus } from '@etl/pipeline/sinks/status';
import type { ObjectStore } from './objectStore';

const statusUri = (place: BatchLayout, name: string): string => joinUri(place.sink(name), 'status.json');

/** Returns the status of a sink of a batch; undefined if none was written. */
export async function readSinkStatus(
  store: Pick<ObjectStore, 'readSmall'>,
  place: BatchLayout,
  name: string,
): Promise<SinkStatus | undefined> {
  const body = await store.readSmall(statusUri(place, name));
  return body && parseSinkStatus(body.toString('utf8'));
}

export async function writeSinkStatus(
  store: Pick<ObjectStore, 'write'>,
  place: BatchLayout,
  name: string,
  status: SinkStatus,
): Promise<void> {
  await store.write(statusUri(place, name), `${JSON.stringify(status, null, 2)}\n`);
}
