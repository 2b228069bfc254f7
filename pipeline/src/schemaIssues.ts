import type { z } from 'zod';
import { own } from './own';
import { shownUri } from './text/shownUri';

/** One line per problem, each with the key it is about. Shared by everything that is checked against a schema. */
export function describeIssue(issue: z.core.$ZodIssue, prefix: readonly string[] = [], input?: unknown): string[] {
  const path = [...prefix, ...issue.path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${path === '' ? key : `${path}.${key}`}: unknown key`);
  const value = issue.path.reduce<unknown>(
    (at, key) => (at !== null && typeof at === 'object' ? own(at as Record<string, unknown>, String(key)) : undefined),
    input,
  );
  if (issue.code === 'invalid_type' && value === undefined) return [`${path}: is missing`];
  const shown =
    typeof value === 'string' || typeof value === 'number'
      ? ` ${JSON.stringify(typeof value === 'string' ? shownUri(value) : value).slice(0, 80)}`
      : '';
  return [`${path}:${shown} ${issue.message}`];
}
