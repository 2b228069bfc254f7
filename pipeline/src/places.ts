import { utf8Bytes } from '@etl/lib/json';
import { parseUri } from '@etl/lib/uri';
import type * as z from 'zod';

/**
 * Maximum length of an S3 key, in UTF-8 bytes. @see
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
 */
export const maxKeyBytes = 1024;
/** Maximum length of a path, in bytes: Linux's `PATH_MAX`. */
export const maxPathBytes = 4096;

/** Maximum length of a URI, in characters: each byte of a path takes at most three. Longer texts are not parsed. */
const maxUriChars = 3 * maxPathBytes + 100;

/** Returns why a URI, or a key without a scheme, cannot be the place of an object: it is too long, or not Unicode. */
export function placeProblem(text: string): string | undefined {
  if (text.length > maxUriChars) return `has ${text.length} characters, more than the limit of ${maxUriChars}`;
  if (/\p{Surrogate}/u.test(text)) return 'contains a lone surrogate, which is invalid in a key';
  const location = parseUri(text);
  if (location?.kind === 'file') return tooLong(location.path, 'path', maxPathBytes);
  return tooLong(location ? location.key : text, 'key', maxKeyBytes);
}

/** Reports the same problem as an issue of a Zod schema. */
export function placeIsShort(text: string, context: z.RefinementCtx): void {
  const message = placeProblem(text);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
}

function tooLong(text: string, what: string, most: number): string | undefined {
  const bytes = utf8Bytes(text);
  return bytes > most ? `has a ${what} of ${bytes} bytes, more than the limit of ${most}` : undefined;
}
