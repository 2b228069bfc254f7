import { cut } from '@etl/lib/capped';
import { isShallow } from '@etl/lib/json';
import { looseDetail } from '../looseDetail';

/** Replacement for an event that a dead letter cannot hold. It cannot be restarted. */
export interface Excerpt {
  readonly excerpt: {
    /** Why the event itself is not in the letter. */
    readonly problem: string;
    /** Where the whole event is. */
    readonly original: string;
    readonly bytes?: number;
    /** Hash of the event's text, in hexadecimal digits. */
    readonly sha256?: string;
    readonly s3Key?: string;
    readonly batchDate?: string;
    /** First characters of the event's text. */
    readonly beginning?: string;
  };
}

/** Maximum number of characters of an event in an excerpt. */
const beginningLength = 4000;

/** Returns an excerpt of an event of any shape. `text` is the event as received, if known. */
export function excerptOf(
  event: unknown,
  facts: Pick<Excerpt['excerpt'], 'problem' | 'original' | 'bytes' | 'sha256'>,
  text?: string,
): Excerpt {
  const { s3Key, batchDate } = looseDetail(event);
  const known = text ?? (isShallow(event) ? JSON.stringify(event) : undefined);
  return {
    excerpt: {
      ...facts,
      ...(s3Key !== undefined && { s3Key }),
      ...(batchDate !== undefined && { batchDate }),
      ...(known !== undefined && { beginning: cut(known, beginningLength) }),
    },
  };
}

/** Returns whether a letter's event is an excerpt. */
export function isExcerpt(event: unknown): event is Excerpt {
  const { excerpt } = (event ?? {}) as Partial<Excerpt>;
  return typeof excerpt === 'object' && excerpt !== null && typeof excerpt.problem === 'string';
}
