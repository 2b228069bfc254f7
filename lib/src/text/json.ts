import { replaceUnsafe } from './unsafe';

/**
 * Escapes every unsafe character in the strings of JSON, which parses to the same value. Line breaks between values
 * stay.
 */
export function escapeJson(json: string): string {
  return replaceUnsafe(json, (character) => (character === '\n' ? character : utf16(character)));
}

/** Returns a value as one line of JSON that is safe for terminals and queues. */
export function jsonLine(value: unknown): string {
  return escapeJson(JSON.stringify(value) ?? 'null');
}

function utf16(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }).join('');
}
