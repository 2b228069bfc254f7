/**
 * Maximum nesting of arrays and objects in JSON from outside. The project's own JSON has fewer than ten levels;
 * `JSON.stringify` with a replacer overflows the stack at about two thousand.
 */
export const maxJsonDepth = 64;

/** Thrown for text that is not JSON, or JSON that is nested too deeply. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

/**
 * Parses JSON from outside, in linear time and without recursion.
 *
 * @throws {JsonError} for text that is not JSON, and for more than `maxJsonDepth` levels
 */
export function parseJson(text: string): unknown {
  if (textDepth(text) > maxJsonDepth) throw new JsonError(tooDeep);
  try {
    return JSON.parse(text);
  } catch {
    throw new JsonError('is not JSON');
  }
}

/** Parses JSON like `parseJson`, but returns `otherwise` instead of throwing. */
export function parseJsonOr<T>(text: string, otherwise: T): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof JsonError) return otherwise;
    throw error;
  }
}

/** Returns whether a value has at most `maxJsonDepth` levels, so that it can be walked and serialised. */
export function isShallow(value: unknown): boolean {
  // Level by level: recursion could overflow the stack.
  let level = [value];
  for (let depth = 0; depth < maxJsonDepth; depth++) {
    level = level.flatMap(children);
    if (level.length === 0) return true;
  }
  return false;
}

/** Returns why JSON from outside cannot be processed: too many levels or bytes. Undefined if it can. */
export function jsonProblem(value: unknown, maxBytes: number): string | undefined {
  if (!isShallow(value)) return tooDeep;
  const bytes = jsonBytes(value);
  return bytes > maxBytes
    ? `has ${bytes} bytes as JSON, more than the limit of ${maxBytes}: reduce its size`
    : undefined;
}

/** Returns the size of a value as JSON, in bytes of UTF-8. The value must be shallow. */
export function jsonBytes(value: unknown): number {
  return utf8Bytes(JSON.stringify(value) ?? '');
}

/** Returns the length of a text in bytes of UTF-8. Unlike `Buffer.byteLength`, it is available in workflows. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // Each half of a surrogate pair counts two bytes. A lone surrogate becomes U+FFFD, which has three.
    if (unit >= 0x800) bytes += isPaired(text, at, unit) ? 1 : 2;
    else if (unit >= 0x80) bytes += 1;
  }
  return bytes;
}

function isPaired(text: string, at: number, unit: number): boolean {
  if (unit >= 0xd800 && unit < 0xdc00) return (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
  return unit >= 0xdc00 && unit < 0xe000 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
}

const tooDeep = `is nested more than ${maxJsonDepth} levels deep: flatten it`;

function children(value: unknown): unknown[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).filter((child) => child !== null && typeof child === 'object');
}

/** Returns the maximum nesting of arrays and objects. */
function textDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth++;
        if (depth > deepest) deepest = depth;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
    }
  }
  return deepest;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) break;
    if (unit === 0x5c) at++; // an escaped character
  }
  return at;
}
