/** An object's place: `s3://bucket/key` or `file:///path`. */
export type Location =
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string }
  | { readonly kind: 'file'; readonly path: string };

/**
 * Returns the parts of an `s3://` or `file:///` URI; undefined for anything else. A key is taken as it stands. A path is
 * percent-decoded and normalised: no empty, `.` or `..` segments; a trailing slash stays.
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
    return undefined; // a stray % that decodes to nothing
  }
}

/**
 * Returns the one spelling of a location: `file:` paths with everything percent-encoded that RFC 3986 does not allow in a
 * path segment, keys as they are. Every URI of an object that a run, a listing or a manifest names is built here.
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

/** Returns the URI of a bucket's name, or of a URI that says more, in canonical spelling; undefined for anything else. */
export function bucketUri(text: string): string | undefined {
  const uri = canonicalUri(text.includes('://') ? text : `s3://${text}`);
  return uri === 'file:///' ? uri : uri && trimSlashes(uri);
}

/** Returns whether two URIs, however they are spelled, name the same object. */
export function sameUri(a: string, b: string): boolean {
  return a === b || (canonicalUri(a) ?? a) === (canonicalUri(b) ?? b);
}

/**
 * Returns the canonical URI of a key or path below a base. The key of an object in S3 is not normalised, since `a//b` and
 * `a/b` are two objects.
 */
export function resolveUri(base: string, key: string): string | undefined {
  const location = parseUri(base);
  if (location === undefined) return undefined;
  if (location.kind === 'file') return formatUri({ ...location, path: `${location.path}/${key}` });
  const prefix = trimSlashes(location.key);
  return formatUri({ ...location, key: prefix === '' ? key : `${prefix}/${key}` });
}

/** Returns the path of an object below a base, `ventas/dia.csv`; undefined where it does not lie below it. */
export function pathBelow(base: string, uri: string): string | undefined {
  const [from, to] = [parseUri(base), parseUri(uri)];
  if (from?.kind === 's3' && to?.kind === 's3') {
    return from.bucket === to.bucket ? tail(from.key, to.key) : undefined;
  }
  return from?.kind === 'file' && to?.kind === 'file' ? tail(from.path.slice(1), to.path.slice(1)) : undefined;
}

/** Returns a text without the slashes at its end. A regular expression would take quadratic time. */
export function trimSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === '/') end--;
  return text.slice(0, end);
}

/** `base/a/b`: joins with single slashes. Segments are percent-encoded for `file:` bases and taken as they are for `s3:`. */
export function joinUri(base: string, ...segments: string[]): string {
  const raw = segments
    .join('/')
    .replace(/\/{2,}/g, '/')
    .replace(/^\//, '');
  const tail = base.startsWith('file:') ? raw.split('/').map(encodeSegment).join('/') : raw;
  const folder = base === 'file:///' ? 'file://' : trimSlashes(base);
  return tail === '' && folder !== 'file://' ? folder : `${folder}/${tail}`;
}

/** The last segment, decoded for files: `ventas.csv`. */
export function baseName(uri: string): string {
  return segmentsOf(uri).at(-1) ?? '';
}

/** The segments of a key or path, without empty ones. */
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

/** Source of the characters left alone: RFC 3986, section 3.3, `pchar`. A lone surrogate becomes U+FFFD. */
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
