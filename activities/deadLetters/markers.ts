import { parseJsonOr } from '@etl/lib/json';
import type { ObjectStore } from '@etl/storage/objectStore';
import type { DeadLetter } from '../ports';

/** Record of a letter in a queue. A queue cannot be searched; checking for the marker costs one read. */
export interface LetterMarker {
  /** Unique per letter. */
  readonly claim: string;
  /** Time of the failure that the letter reports; ISO 8601. */
  readonly sentAt: string;
  readonly failureType: string;
  readonly workflowId: string;
  /** Absent while the letter is being sent. */
  readonly letterId?: string;
}

/** Latest failure of an event whose letter reports an earlier one. */
export interface LatestFailure extends DeadLetter {
  /** ISO 8601. */
  readonly failedAt: string;
}

/**
 * Creates the store of markers, addressed by their URIs, and of the objects beside them.
 * @throws {StorageError} from every function
 */
export function createMarkers(store: Pick<ObjectStore, 'head' | 'readSmall' | 'write' | 'writeIfAbsent' | 'remove'>) {
  const read = async (uri: string): Promise<LetterMarker | undefined> => {
    const text = (await store.readSmall(uri))?.toString('utf8');
    return text === undefined ? undefined : parsedMarker(text);
  };
  const create = (uri: string, marker: LetterMarker): Promise<boolean> => store.writeIfAbsent(uri, json(marker));
  const remove = (uri: string): Promise<void> => store.remove(uri);
  return {
    read,
    /** Returns false, and changes nothing, if the marker already exists. */
    create,
    /** Overwrites the marker. Only for the caller that created it. */
    replace: (uri: string, marker: LetterMarker): Promise<void> => store.write(uri, json(marker)),
    remove,
    /** Removes exactly this marker. Returns true to only one of several concurrent callers. */
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
     * Returns how long before the latest failure the marker was written, in milliseconds of the store's clock: the
     * clocks of workers may differ by any amount. Returns undefined if either is missing.
     */
    ageMs: async (uri: string): Promise<number | undefined> => {
      const [latest, marker] = [await store.head(beside(uri, 'latest')), await store.head(uri)];
      return latest && marker && latest.modifiedAt.getTime() - marker.modifiedAt.getTime();
    },
    removeLatest: (uri: string): Promise<void> => store.remove(beside(uri, 'latest')),
  };
}

export type Markers = ReturnType<typeof createMarkers>;

/** Parses a marker. A damaged marker counts as one whose sender has died. */
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

/** Parses a failure. Returns undefined if it is damaged; the letter itself still exists. */
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
