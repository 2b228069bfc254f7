/** An object's location: `s3://bucket/key` or `file:///path`. */
export type Location =
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string }
  | { readonly kind: 'file'; readonly path: string };

/** What the name of a bucket may be. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const bucketNameRule = '3 to 63 lowercase letters, digits, hyphens and periods';

/** Returns why `parseUri` does not parse a text. */
export function uriProblem(text: string): string {
  return text.startsWith('s3://')
    ? `has an invalid bucket name: use ${bucketNameRule}`
    : 'is not an s3:// or file:/// URI';
}

/**
 * Parses an `s3://` or `file:///` URI; undefined for anything else. A key is taken literally. A path is percent-decoded
 * and normalised: no empty, `.` or `..` segments; a trailing slash stays.
 */
export function parseUri(uri: string): Location | undefined {
  const s3 = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s.exec(uri);
  if (s3?.[1]) return { kind: 's3', bucket: s3[1], key: s3[2] ?? '' };
  const file = /^file:\/\/(?:localhost)?(\/.*)$/s.exec(uri);
  if (!file?.[1]) return undefined;
  try {
    const path = decodeURIComponent(file[1]);
    return path.includes('\0') ? undefined : { kind: 'file', path: normalisePath(path) };
  } catch {
    return undefined; // invalid percent-encoding
  }
}

/**
 * Returns the canonical URI of a location. Paths are percent-encoded where RFC 3986 requires it in a path segment; keys
 * are taken literally. Every URI of an object in a run, a listing or a manifest is built here.
 */
export function formatUri(location: Location): string {
  if (location.kind === 's3') return `s3://${location.bucket}${location.key === '' ? '' : `/${location.key}`}`;
  return `file://${normalisePath(location.path).split('/').map(encodeSegment).join('/')}`;
}

/** Returns the canonical spelling of a URI; undefined for anything but an `s3://` or `file:///` URI. */
export function canonicalUri(uri: string): string | undefined {
  const location = parseUri(uri);
  return location && formatUri(location);
}

/** Returns the canonical URI of a bucket name or of a URI; undefined for anything else. */
export function bucketUri(text: string): string | undefined {
  const uri = canonicalUri(text.includes('://') ? text : `s3://${text}`);
  return uri === 'file:///' ? uri : uri && trimSlashes(uri);
}

/** Returns whether two URIs, in any spelling, name the same object. */
export function sameUri(a: string, b: string): boolean {
  return a === b || (canonicalUri(a) ?? a) === (canonicalUri(b) ?? b);
}

/**
 * Returns the canonical URI of a key or path below a base. S3 keys are not normalised, because `a//b` and `a/b` are two
 * objects.
 */
export function resolveUri(base: string, key: string): string | undefined {
  const location = parseUri(base);
  if (location === undefined) return undefined;
  if (location.kind === 'file') return formatUri({ ...location, path: `${location.path}/${key}` });
  const prefix = trimSlashes(location.key);
  return formatUri({ ...location, key: prefix === '' ? key : `${prefix}/${key}` });
}

/** Returns the path of an object relative to a base, `ventas/dia.csv`; undefined if it is not below the base. */
export function pathBelow(base: string, uri: string): string | undefined {
  const [from, to] = [parseUri(base), parseUri(uri)];
  if (from?.kind === 's3' && to?.kind === 's3') {
    return from.bucket === to.bucket ? tail(from.key, to.key) : undefined;
  }
  return from?.kind === 'file' && to?.kind === 'file' ? tail(from.path.slice(1), to.path.slice(1)) : undefined;
}

/** Removes trailing slashes. A regular expression would take quadratic time. */
export function trimSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end--;
  return text.slice(0, end);
}

/**
 * Joins with single slashes: `base/a/b`. Percent-encodes segments for `file:` bases and takes them literally for `s3:`.
 */
export function joinUri(base: string, ...segments: string[]): string {
  const raw = segments
    .join('/')
    .replace(/\/{2,}/g, '/')
    .replace(/^\//, '');
  const tail = base.startsWith('file:') ? raw.split('/').map(encodeSegment).join('/') : raw;
  const folder = base === 'file:///' ? 'file://' : trimSlashes(base);
  return tail === '' && folder !== 'file://' ? folder : `${folder}/${tail}`;
}

/** Returns the last segment, decoded for files: `ventas.csv`. */
export function baseName(uri: string): string {
  return segmentsOf(uri).at(-1) ?? '';
}

/** Returns the segments of a key or path, without empty ones. */
export function segmentsOf(uri: string): string[] {
  const location = parseUri(uri);
  const path = location === undefined ? uri : location.kind === 's3' ? location.key : location.path;
  return path.split('/').filter(Boolean);
}

function normalisePath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}${path.endsWith('/') && segments.length > 0 ? '/' : ''}`;
}

/** Percent-encodes all characters except those of `pchar` (RFC 3986, section 3.3). A lone surrogate becomes U+FFFD. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment.replace(/\p{Surrogate}/gu, '\ufffd')).replace(
    /%(?:24|26|2B|2C|3A|3B|3D|40)/g,
    decodeURIComponent,
  );
}

function tail(prefix: string, path: string): string | undefined {
  const folder = trimSlashes(prefix);
  if (folder === '') return path;
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}
