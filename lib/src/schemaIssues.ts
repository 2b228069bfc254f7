import type { z } from 'zod';
import { count } from './amounts';
import { capped, cut } from './capped';
import { own } from './own';
import { shownUri } from './text/shownUri';

/** Maximum number of characters of a key or value in a line. */
const maxShown = 80;
/** Maximum number of characters of a value that are read. */
const maxRead = 10_000;

/**
 * Describes an issue of any schema, one line per problem, each with its key. The value is shown, too, unless the issue is
 * about the key itself: a custom one has `params: { about: 'key' }`.
 */
export function describeIssue(issue: z.core.$ZodIssue, prefix: readonly string[] = [], input?: unknown): string[] {
  const path = [...prefix, ...issue.path.map((key) => cut(String(key), maxShown))].join('.');
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => cut(key, maxShown));
    return capped(keys.map((key) => `${path === '' ? key : `${path}.${key}`}: unknown key`));
  }
  if (branchOf(issue)) return concreteIssues(issue).flatMap((each) => describeIssue(each, prefix, input));
  const value = issue.path.reduce<unknown>(
    (at, key) => (at !== null && typeof at === 'object' ? own(at as Record<string, unknown>, String(key)) : undefined),
    input,
  );
  if (issue.code === 'invalid_type' && value === undefined) return [`${path}: is missing`];
  const isAboutKey = issue.code === 'invalid_key' || (issue.code === 'custom' && issue.params?.about === 'key');
  return [`${path}:${isAboutKey ? '' : shown(value)} ${sentenceOf(issue, value)}`];
}

/** Returns the issue; for a value that may have several forms, the issues of the form that was meant. */
export function concreteIssues(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  const branch = branchOf(issue);
  if (!branch) return [issue];
  return branch.flatMap((nested) => concreteIssues({ ...nested, path: [...issue.path, ...nested.path] }));
}

/** Returns the issues of the alternative that a value was meant to be: the one that accepts its type. */
function branchOf(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] | undefined {
  if (issue.code !== 'invalid_union') return undefined;
  return issue.errors.find((issues) => !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0));
}

/** Returns the sentence of an issue. Replaces the library's own sentences, which name no remedy. */
function sentenceOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (!/^(?:Invalid|Too (?:small|big))/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${withArticle(issue.expected)}, not ${withArticle(typeOf(value))}`;
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${String(issue.values[0])}`
        : `must be one of ${issue.values.map(choice).join(', ')}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    case 'too_small':
      if (issue.origin === 'string' && issue.minimum === 1) return 'must not be empty';
      return limitOf(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum);
    case 'too_big':
      return limitOf(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum);
    default:
      return issue.message;
  }
}

/** Quotes punctuation, which could be taken for that of the sentence. */
const choice = (value: unknown): string => (/\w/.test(String(value)) ? String(value) : JSON.stringify(value));

/** What the limit of a type counts. The limit of a number is its value. */
const units: Readonly<Record<string, readonly [one: string, many: string]>> = {
  array: ['entry', 'entries'],
  string: ['character', 'characters'],
};

function limitOf(origin: string, bound: string, limit: number | bigint): string {
  const unit = units[origin];
  return unit ? `must have ${bound} ${count(Number(limit), ...unit)}` : `must be ${bound} ${limit}`;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** Names of types as users of YAML and JSON know them. */
const typeNames: Readonly<Record<string, string>> = {
  int: 'a whole number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  boolean: 'true or false',
  null: 'null',
};

const withArticle = (type: string): string => typeNames[type] ?? `a ${type}`;

function shown(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') return '';
  // Truncates a URI only after its credentials are removed.
  const text = typeof value === 'string' ? shownUri(value.slice(0, maxRead)).slice(0, maxShown) : value;
  return ` ${JSON.stringify(text).slice(0, maxShown)}`;
}
