/**
 * Returns an address as messages, summaries and logs may show it. Addresses of S3 and of files are shown in full, and so is a
 * text without `://`. Of any other address, which may carry credentials or a signature, only scheme and host are shown, and
 * less where the host cannot be told from a password.
 */
export function shownUri(text: string): string {
  const at = text.indexOf('://');
  if (at < 0 || bare.test(text)) return text;
  const scheme = text.slice(0, at);
  if (!/^[a-z][a-z0-9+.:-]{0,30}$/i.test(scheme)) return 'an address that is not shown';
  const host = hostOf(text.slice(at + 3));
  return `${scheme}://${host === undefined ? '' : `${host}/`}…`;
}

/** Addresses without a part that could hold credentials. */
const bare = /^(?:s3:\/\/[a-z0-9.-]+(?:\/|$)|file:\/\/(?:localhost)?\/)/;

/** A password may hold any of the characters that end a host. */
function hostOf(rest: string): string | undefined {
  const [authority = ''] = rest.split(/[/?#]/, 1);
  const marks = rest.split('@').length - 1;
  if (marks > 1 || (marks === 1 && !authority.includes('@'))) return undefined;
  const host = authority.slice(authority.indexOf('@') + 1);
  return /^[a-z0-9.-]{1,253}(?::\d{1,5})?$/i.test(host) ? host : undefined;
}
