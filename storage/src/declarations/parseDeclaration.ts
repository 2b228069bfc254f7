import { capped } from '@etl/lib/capped';
import { concreteIssues, describeIssue } from '@etl/lib/schemaIssues';
import type { BrokenDataset } from '@etl/pipeline/dataset/datasets';
import { type Declaration, declarationSchema } from '@etl/pipeline/dataset/declaration';
import { type Document, isMap, isNode, isPair, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type * as z from 'zod';
import { keyHint } from './keyHint';

/** Maximum size of a declaration, in bytes. The largest event has 240 KiB. */
export const maxDeclarationBytes = 256 * 1024;

export type ParsedDeclaration = { readonly declaration: Declaration } | Pick<BrokenDataset, 'problems' | 'pattern'>;

/**
 * Parses a declaration in YAML 1.2 or JSON. Each problem begins with `file:line:column` and the key.
 *
 * @param file how messages name the file
 */
export function parseDeclaration(bytes: Buffer, file: string): ParsedDeclaration {
  const fail = (problem: string) => ({ problems: [`${file}: ${problem}`] });
  if (bytes.length > maxDeclarationBytes) return { problems: [tooLarge(file, bytes.length)] };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail('is not valid UTF-8: save the file as UTF-8');
  }
  try {
    return parseText(text, file);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return fail('is nested too deeply: flatten it');
  }
}

/** Returns the problem of a declaration that is too large to be read. */
export function tooLarge(file: string, bytes: number): string {
  return `${file}: has ${bytes} bytes, more than the limit of ${maxDeclarationBytes}: shorten it`;
}

function parseText(text: string, file: string): ParsedDeclaration {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', merge: false, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  // The others usually follow from the first.
  const [invalid] = [...document.errors, ...document.warnings];
  if (invalid) return { problems: [`${at(invalid.pos[0])}: ${describeSyntax(invalid.message)}`] };
  const aliases = aliasesIn(document);
  // An alias can refer to itself, or multiply the size of the document.
  if (aliases.length > 0) return { problems: capped(aliases.map((offset) => `${at(offset)}: ${isAlias}`)) };
  if (!isMap(document.contents))
    return { problems: [`${at(0)}: is not a mapping: write keys such as source: and columns:`] };
  // YAML is a superset of JSON, but other programs read a file by its extension.
  const notJson = file.endsWith('.json') ? offsetOfNotJson(text) : undefined;
  if (notJson !== undefined)
    return { problems: [`${at(notJson)}: is not JSON: correct it, or rename the file to .yaml`] };
  const value: unknown = document.toJS();
  const parsed = declarationSchema.safeParse(value);
  if (parsed.success) return { declaration: parsed.data };
  const problems = parsed.error.issues.flatMap(concreteIssues).flatMap((issue) => describe(issue, document, value));
  const inOrder = problems
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, text: line }) => `${at(offset)}: ${line}`);
  const pattern: unknown = (value as { source?: { pattern?: unknown } | null }).source?.pattern;
  return { problems: capped(inOrder), ...(typeof pattern === 'string' && { pattern }) };
}

/** Returns where a text is not JSON. */
function offsetOfNotJson(text: string): number | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return Number(/position (\d+)/.exec((error as Error).message)?.[1] ?? 0);
  }
}

function aliasesIn(document: Document): number[] {
  const offsets: number[] = [];
  visit(document, {
    Alias: (_, { range }) => {
      offsets.push(range?.[0] ?? 0);
    },
  });
  return offsets;
}

const isAlias = 'is an alias: write the value again, or put a text that begins with * in quotes';

/** Remedies of frequent mistakes, for which the parser has none. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [/call stack/i, 'is nested too deeply: flatten it'],
  [/keys must be unique/i, 'has the same key twice: remove one of them'],
  [/unresolved tag/i, 'uses a tag: remove it'],
  [/alias/i, isAlias],
  [/flow (map|sequence).*end with/i, 'has a bracket that is not closed: close it'],
  [/tabs are not allowed/i, 'is indented with a tab: use spaces'],
  [/plain value cannot start with/i, 'has a special character at the start of a value: put the value in quotes'],
  [/multiple documents/i, 'has several documents: write one for each file'],
  [/missing closing/i, 'has a quote that is not closed: close it'],
  [/unexpected scalar/i, 'has text after the end of a value: put the whole value in quotes'],
  [/nested mappings/i, 'has a second colon: put the value in quotes, or write the key on a line of its own'],
  [
    /implicit key|must be sufficiently indented|same column/i,
    'is not a mapping: write each key on a line of its own, with a colon and the same indentation as its siblings',
  ],
];

function describeSyntax(message: string): string {
  const sentence = message.split('\n', 1)[0] ?? message;
  return remedies.find(([pattern]) => pattern.test(sentence))?.[1] ?? `is not valid YAML: ${sentence}`;
}

interface Problem {
  /** Characters before the key. */
  readonly offset: number;
  readonly text: string;
}

function describe(issue: z.core.$ZodIssue, document: Document, value: unknown): Problem[] {
  const path = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') {
    const offset = offsetOf(document, path);
    return describeIssue(issue, [], value).map((line) => ({
      offset,
      text: `${line}${line.endsWith('is missing') ? ': add it' : ''}`,
    }));
  }
  return issue.keys.map((key) => ({
    offset: offsetOf(document, [...path, key]),
    text: `${[...path, key].join('.')}: unknown key${keyHint(path, key)}`,
  }));
}

/** Returns where a key is, else where the nearest key above it is. */
function offsetOf(document: Document, path: readonly string[]): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const name of path) {
    const item: unknown = isMap(node) ? node.items.find(({ key }) => String(key) === name) : childOf(node, name);
    if (item === undefined) return offset;
    const shown = isPair(item) ? item.key : item;
    offset = isNode(shown) ? (shown.range?.[0] ?? offset) : offset;
    node = isPair(item) ? item.value : item;
  }
  return offset;
}

function childOf(node: unknown, index: string): Node | undefined {
  const items: unknown = (node as { items?: unknown } | null)?.items;
  const item: unknown = Array.isArray(items) ? items[Number(index)] : undefined;
  return isNode(item) ? item : undefined;
}
