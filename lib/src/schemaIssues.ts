import type { z } from 'zod';
import { capped, cut } from './capped';
import { own } from './own';
import { shownUri } from './text/shownUri';

/** Maximum number of characters of a key or value in a line. */
const maxShown = 80;
/** Maximum number of characters of a value that are read. */
const maxRead = 10_000;

/** Describes an issue of any schema, one line per problem, each with its key. */
export function describeIssue(issue: z.core.$ZodIssue, prefix: readonly string[] = [], input?: unknown): string[] {
  const path = [...prefix, ...issue.path.map((key) => cut(String(key), maxShown))].join('.');
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => cut(key, maxShown));
    return capped(keys.map((key) => `${path === '' ? key : `${path}.${key}`}: unknown key`));
  }
  const value = issue.path.reduce<unknown>(
    (at, key) => (at !== null && typeof at === 'object' ? own(at as Record<string, unknown>, String(key)) : undefined),
    input,
  );
  if (issue.code === 'invalid_type' && value === undefined) return [`${path}: is missing`];
  return [`${path}:${shown(value)} ${issue.message}`];
}

function shown(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') return '';
  // Truncates a URI only after its credentials are removed.
  const text = typeof value === 'string' ? shownUri(value.slice(0, maxRead)).slice(0, maxShown) : value;
  return ` ${JSON.stringify(text).slice(0, maxShown)}`;
}
