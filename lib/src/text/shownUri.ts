/**
 * Returns an address for messages, summaries and logs. Shows S3 and file URIs, and text without `://`, in full. Of any
 * other address, which may carry credentials or a signature, shows only scheme and host, or only the scheme if the host
 * may be part of a password.
 */
export function shownUri(text: string): string {
  const at = text.indexOf('://');
  if (at < 0 || bare.test(text)) return text;
  const scheme = text.slice(0, at);
  if (!/^[a-z][a-z0-9+.:-]{0,30}$/i.test(scheme)) return 'a redacted address';
  const host = hostOf(text.slice(at + 3));
  return `${scheme}://${host === undefined ? '' : `${host}/`}…`;
}

/** Addresses without a component that could hold credentials. */
const bare = /^(?:s3:\/\/[a-z0-9.-]+(?:\/|$)|file:\/\/(?:localhost)?\/)/;

/** Returns the host; undefined if it is ambiguous, because a password may contain the characters that end a host. */
function hostOf(rest: string): string | undefined {
  const [authority = ''] = rest.split(/[/?#]/, 1);
  const marks = rest.split('@').length - 1;
  if (marks > 1 || (marks === 1 && !authority.includes('@'))) return undefined;
  const host = authority.slice(authority.indexOf('@') + 1);
  return /^[a-z0-9.-]{1,253}(?::\d{1,5})?$/i.test(host) ? host : undefined;
}
