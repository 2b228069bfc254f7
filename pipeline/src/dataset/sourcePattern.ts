import { isCalendarDate } from '@etl/lib/names';
import { starMatch } from '@etl/lib/starMatch';
import { formatUri, type Location, parseUri, uriProblem } from '@etl/lib/uri';
import { namesDay, type Placeholder, placeholdersIn, renderDay, unknownPlaceholders } from '../batch/placeholders';

/** Files that belong to a dataset. */
export interface SourcePattern {
  /** URI of the folder above the first wildcard or placeholder. */
  readonly folder: string;
  /** Whether its placeholders determine the batch date. */
  readonly namesDay: boolean;
  /** URI of one of the files that it matches. */
  readonly example: string;
  /** Returns the match of a file; undefined for a file of another dataset. */
  match(uri: string): SourceMatch | undefined;
}

export interface SourceMatch {
  /** The day in the place of the placeholders; absent if the pattern does not determine one. */
  readonly day?: string;
  /** The text in the place of the placeholders, if it is not a calendar date. */
  readonly notADay?: string;
}

/** One character of a segment: itself, a wildcard, or a digit of a placeholder, which begins at piece `start`. */
type Token =
  | { readonly kind: 'star' | 'any' }
  | { readonly kind: 'literal'; readonly character: string }
  | { readonly kind: 'day'; readonly field: Placeholder; readonly start: number; readonly index: number };

type Segment = 'anyFolders' | readonly Token[];

/** Templates of the placeholders' values: `0` stands for a digit. */
const templates: Readonly<Record<Placeholder, string>> = { yyyy: '0000', MM: '00', dd: '00', date: '0000-00-00' };

/**
 * Compiles a source pattern: a key in the raw bucket, or a URI. `*` matches any characters of a name, `?` one, `**` any
 * number of folders; `{yyyy}`, `{MM}`, `{dd}` and `{date}` match the batch date. Returns the problem of an invalid
 * pattern as text.
 */
export function compilePattern(text: string, rawBase: string | undefined): SourcePattern | string {
  const [unknown] = unknownPlaceholders(text);
  if (unknown !== undefined) return `has the unknown placeholder ${unknown}: use {yyyy}, {MM}, {dd} or {date}`;
  const place = placeOf(text, rawBase);
  if (typeof place === 'string') return place;
  const names = namesOf(place);
  if (names.some((name) => /^\.{1,2}$/.test(name))) return 'has a . or .. segment: write the resolved path';
  if (names.at(-1) === '') return 'ends in /: append the names of the files, such as *.csv';
  if (place.kind === 'file' && names.includes('')) return 'has two slashes in a row: write one';
  const segments = names.map(parseSegment);
  const fixed = names.findIndex((name, index) => segments[index] === 'anyFolders' || /[*?{]/.test(name));
  const folder = names.slice(0, fixed === -1 ? -1 : fixed).join('/');
  const determined = namesDay(placeholdersIn(text));
  const uriOf = (key: string): string =>
    formatUri(place.kind === 's3' ? { ...place, key } : { ...place, path: `/${key}` });
  return {
    folder: uriOf(folder),
    namesDay: determined,
    example: uriOf(renderDay(names.join('/'), '2026-01-31').replaceAll(/\*+|\?/g, 'x')),
    match: (uri: string) => {
      const found = parseUri(uri);
      if (!found || found.kind !== place.kind) return undefined;
      if (found.kind === 's3' && place.kind === 's3' && found.bucket !== place.bucket) return undefined;
      return matchSegments(segments, namesOf(found), determined);
    },
  };
}

function placeOf(text: string, rawBase: string | undefined): Location | string {
  if (text.startsWith('s3://')) return parseUri(text) ?? uriProblem(text);
  if (text.includes('://')) return parseUri(text) ?? `${uriProblem(text)}: write one, or a key in S3_RAW_BUCKET`;
  if (text.startsWith('/'))
    return `begins with /: write file://${text} for a path, or a key in S3_RAW_BUCKET without the slash`;
  const base = rawBase === undefined ? undefined : parseUri(rawBase);
  if (base === undefined) return 'is relative, but S3_RAW_BUCKET is not set: set it, or write a URI';
  const join = (folder: string): string => `${folder.replace(/\/$/, '')}/${text}`.replace(/^\//, '');
  return base.kind === 's3' ? { ...base, key: join(base.key) } : { ...base, path: `/${join(base.path)}` };
}

const namesOf = (place: Location): string[] => (place.kind === 's3' ? place.key : place.path.slice(1)).split('/');

function parseSegment(name: string): Segment {
  if (name === '**') return 'anyFolders';
  return name
    .split(/(\{(?:yyyy|MM|dd|date)\})/)
    .flatMap((piece, index): Token[] =>
      index % 2 === 1 ? dayTokens(piece.slice(1, -1) as Placeholder, index) : [...piece].map(tokenOf),
    );
}

function dayTokens(field: Placeholder, start: number): Token[] {
  return [...templates[field]].map((character, index) =>
    character === '0' ? { kind: 'day', field, start, index } : { kind: 'literal', character },
  );
}

function tokenOf(character: string): Token {
  if (character === '*') return { kind: 'star' };
  return character === '?' ? { kind: 'any' } : { kind: 'literal', character };
}

/** The values of the placeholders of a segment, in the order of the pattern. */
type Values = ReadonlyMap<number, { readonly field: Placeholder; readonly characters: string[] }>;

function matchSegments(
  segments: readonly Segment[],
  names: readonly string[],
  determined: boolean,
): SourceMatch | undefined {
  const values = new Map<Segment, Values>();
  const isMatch = starMatch(
    segments,
    names,
    (segment) => segment === 'anyFolders',
    (segment, name) => {
      const found = matchName(segment as readonly Token[], name);
      if (found) values.set(segment, found);
      return found !== undefined;
    },
  );
  if (!isMatch) return undefined;
  return determined ? dayOf([...values.values()].flatMap((each) => [...each.values()])) : {};
}

function matchName(tokens: readonly Token[], name: string): Values | undefined {
  const values = new Map<number, { field: Placeholder; characters: string[] }>();
  const isMatch = starMatch(
    tokens,
    [...name],
    ({ kind }) => kind === 'star',
    (token, character) => {
      if (token.kind === 'literal') return token.character === character;
      if (token.kind !== 'day') return true;
      if (!/^\d$/.test(character)) return false;
      const { field, start, index } = token;
      const value = values.get(start) ?? { field, characters: [...templates[field]] };
      value.characters[index] = character;
      values.set(start, value);
      return true;
    },
  );
  return isMatch ? values : undefined;
}

function dayOf(
  values: readonly { readonly field: Placeholder; readonly characters: readonly string[] }[],
): SourceMatch {
  const texts = (field: Placeholder) =>
    values.filter((value) => value.field === field).map(({ characters }) => characters.join(''));
  const [years, months, days] = [texts('yyyy'), texts('MM'), texts('dd')];
  const found = new Set(texts('date'));
  // A pattern may repeat a placeholder, in a folder and in the name; all of its values must agree.
  for (const year of years) for (const month of months) for (const day of days) found.add(`${year}-${month}-${day}`);
  const [day = '', ...others] = found;
  return others.length === 0 && isCalendarDate(day) ? { day } : { notADay: [...found].join(' and ') };
}
