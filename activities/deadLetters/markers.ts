import { parseJsonOr } from '@etl/lib/json';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { DeadLetter } from '../ports';

/** Stands for a letter in a queue, which cannot be searched: whether there is one costs one read. */
export interface LetterMarker {
  /** Another one for each letter. */
  readonly claim: string;
  /** When the event failed that the letter is about; ISO 8601. */
  readonly sentAt: string;
  readonly failureType: string;
  readonly workflowId: string;
  /** Absent while the letter is being sent. */
  readonly letterId?: string;
}

/** The latest failure of an event whose letter was sent for an earlier one. */
export interface LatestFailure extends DeadLetter {
  /** ISO 8601. */
  readonly failedAt: string;
}

/** Markers by their URIs, and what lies beside them. Every function throws `StorageError`. */
export function createMarkers(store: Pick<ObjectStore, 'head' | 'readSmall' | 'write' | 'writeIfAbsent' | 'remove'>) {
  const read = async (uri: string): Promise<LetterMarker | undefined> => {
    const text = (await store.readSmall(uri))?.toString('utf8');
    return text === undefined ? undefined : parsedMarker(text);
  };
  const create = (uri: string, marker: LetterMarker): Promise<boolean> => store.writeIfAbsent(uri, json(marker));
  const remove = (uri: string): Promise<void> => store.remove(uri);
  return {
    read,
    /** Returns false, and changes nothing, when there is a marker already. */
    create,
    /** For the one who has created it. */
    replace: (uri: string, marker: LetterMarker): Promise<void> => store.write(uri, json(marker)),
    remove,
    /** Removes this very marker, for one of all who ask at once. Returns whether the caller is that one. */
    retire: async (uri: string, { claim }: LetterMarker): Promise<boolean> => {
      const lock = beside(uri, `${claim}.retired`);
      if (!(await store.writeIfAbsent(lock, ''))) return false;
      const isStill = (await read(uri))?.claim === claim;
      if (isStill) await remove(uri);
      await store.remove(lock);
      return isStill;
    },
    latest: async (uri: string): Promise<LatestFailure | undefined> => {
      const text = (await store.readSmall(beside(uri, 'latest')))?.toString('utf8');
      return text === undefined ? undefined : parsedFailure(text);
    },
    setLatest: (uri: string, failure: LatestFailure): Promise<void> =>
      store.write(beside(uri, 'latest'), json(failure)),
    /**
     * How long before the latest failure the marker was written, in milliseconds by the clock of the store: those of workers may
     * differ by any amount. Undefined when one of the two is missing.
     */
    ageMs: async (uri: string): Promise<number | undefined> => {
      const [latest, marker] = [await store.head(beside(uri, 'latest')), await store.head(uri)];
      return latest && marker && latest.modifiedAt.getTime() - marker.modifiedAt.getTime();
    },
    removeLatest: (uri: string): Promise<void> => store.remove(beside(uri, 'latest')),
  };
}

export type Markers = ReturnType<typeof createMarkers>;

/** A damaged marker is one whose sender has died. */
function parsedMarker(text: string): LetterMarker {
  const { claim, sentAt, failureType, workflowId, letterId } = fieldsOf(text);
  const isWhole = typeof claim === 'string' && isTime(sentAt);
  return {
    claim: isWhole ? claim : 'damaged',
    sentAt: isWhole ? sentAt : new Date(0).toISOString(),
    failureType: typeof failureType === 'string' ? failureType : '',
    workflowId: typeof workflowId === 'string' ? workflowId : '',
    ...(isWhole && typeof letterId === 'string' && { letterId }),
  };
}

/** Undefined for a damaged one: the letter itself is there all the same. */
function parsedFailure(text: string): LatestFailure | undefined {
  const { event, ...fields } = fieldsOf(text);
  const { failedAt, failureType, reason, workflowId, runId } = fields;
  const texts = [failureType, reason, workflowId, runId];
  if (!isTime(failedAt) || !texts.every((each) => typeof each === 'string')) return undefined;
  return { ...(fields as unknown as Omit<LatestFailure, 'event'>), event };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  const value = parseJsonOr(text, undefined);
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

const beside = (uri: string, what: string): string => uri.replace(/\.json$/, `.${what}.json`);
const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
