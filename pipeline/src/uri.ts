/** An object's place: `s3://bucket/key` or `file:///path`. */
export type Location =
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string }
  | { readonly kind: 'file'; readonly path: string };

/** Returns the parts of an `s3://` or `file:///` URI, percent-decoded for files; undefined for anything else. */
export function parseUri(uri: string): Location | undefined {
  const s3 = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/s.exec(uri);
  if (s3?.[1]) return { kind: 's3', bucket: s3[1], key: s3[2] ?? '' };
  const file = /^file:\/\/(?:localhost)?(\/.*)$/s.exec(uri);
  if (!file?.[1]) return undefined;
  try {
    return { kind: 'file', path: decodeURIComponent(file[1]) };
  } catch {
    return undefined; // a stray % that decodes to nothing
  }
}

/** `base/a/b`: joins with single slashes. Segments are percent-encoded for `file:` bases, as they are for `s3:`. */
export function joinUri(base: string, ...segments: string[]): string {
  const raw = segments
    .join('/')
    .replace(/\/{2,}/g, '/')
    .replace(/^\//, '');
  const tail = base.startsWith('file:') ? raw.split('/').map(encodeURIComponent).join('/').replace(/%3D/g, '=') : raw;
  return tail === '' ? base.replace(/\/+$/, '') : `${base.replace(/\/+$/, '')}/${tail}`;
}

/** The last segment, decoded for files: `ventas.csv`. */
export function baseName(uri: string): string {
  const location = parseUri(uri);
  const path = location === undefined ? uri : location.kind === 's3' ? location.key : location.path;
  return path.split('/').filter(Boolean).at(-1) ?? '';
}
