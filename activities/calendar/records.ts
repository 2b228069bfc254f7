import { parseJsonOr } from '@etl/lib/json';
import { fieldsOf, isAmount } from '@etl/lib/reading';
import type { LastCheck, LateAlert } from '@etl/pipeline/calendar/lateAlert';
import { latenessRecords } from '@etl/pipeline/layout';
import type { ObjectStore } from '@etl/storage/objectStore';

/**
 * Records an alert that was sent: no later check sends it again. The record lies beside the data, so that it outlives
 * the schedule, its history and the server.
 *
 * @throws {StorageError}
 */
export async function recordLate(
  store: Pick<ObjectStore, 'write'>,
  cleanBase: string,
  alert: LateAlert,
  messageId: string,
): Promise<void> {
  const uri = latenessRecords(cleanBase).alert(alert.dataset, alert.batchDate, alert.kind);
  await store.write(uri, `${JSON.stringify({ ...alert, messageId }, null, 2)}\n`);
}

/** Records the last check. @throws {StorageError} */
export async function recordCheck(
  store: Pick<ObjectStore, 'write'>,
  cleanBase: string,
  check: LastCheck,
): Promise<void> {
  await store.write(latenessRecords(cleanBase).lastCheck, `${JSON.stringify(check, null, 2)}\n`);
}

/** Returns the record of the last check; undefined if there is none, or it cannot be parsed. @throws {StorageError} */
export async function readLastCheck(
  store: Pick<ObjectStore, 'readSmall'>,
  cleanBase: string,
): Promise<LastCheck | undefined> {
  const body = await store.readSmall(latenessRecords(cleanBase).lastCheck);
  const { at, everyMinutes, batches, sent, unread } = fieldsOf(parseJsonOr(body?.toString('utf8') ?? '', undefined));
  if (typeof at !== 'string' || Number.isNaN(Date.parse(at))) return undefined;
  return {
    at,
    ...(isAmount(everyMinutes) && { everyMinutes }),
    batches: isAmount(batches) ? batches : 0,
    sent: isAmount(sent) ? sent : 0,
    unread: Array.isArray(unread) ? unread.filter((each): each is string => typeof each === 'string') : [],
  };
}
