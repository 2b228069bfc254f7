import { replaceUnsafe } from './unsafe';

/** Returns JSON with every unsafe character inside its texts escaped: it parses to the same value. Line breaks between values stay. */
export function escapeJson(json: string): string {
  return replaceUnsafe(json, (character) => (character === '\n' ? character : utf16(character)));
}

/** Returns a value as one line of JSON that may be shown on a terminal and sent to a queue. */
export function jsonLine(value: unknown): string {
  return escapeJson(JSON.stringify(value) ?? 'null');
}

function utf16(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }).join('');
}
