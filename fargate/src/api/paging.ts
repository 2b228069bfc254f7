import { invalidParameter } from './errors';

const maxPage = 100;

/**
 * Returns one page of items sorted by `keyOf`. The token holds the last returned key, so that items added or removed
 * between two pages do not repeat or hide others.
 * @throws EcsError InvalidParameterException
 */
export function page<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { maxResults = maxPage, nextToken }: { maxResults?: number | undefined; nextToken?: string | undefined },
): { items: Item[]; nextToken?: string } {
  if (!Number.isInteger(maxResults) || maxResults < 1 || maxResults > maxPage) {
    throw invalidParameter(`maxResults must be between 1 and ${maxPage}.`);
  }
  const after = nextToken === undefined ? '' : decode(nextToken);
  const left = items.filter((item) => keyOf(item) > after);
  const given = left.slice(0, maxResults);
  const last = given.at(-1);
  return { items: given, ...(last !== undefined && left.length > maxResults && { nextToken: encode(keyOf(last)) }) };
}

const mark = 'after:';
const encode = (key: string) => Buffer.from(mark + key).toString('base64url');

function decode(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith(mark)) throw invalidParameter('Invalid token.');
  return text.slice(mark.length);
}
