import type { IncomingMessage } from 'node:http';

/** Requests that a local server accepts. */
export interface Admission {
  /** Accepted values of `Host` besides the loopback names, in lower case and with their port. @default [] */
  readonly hosts?: readonly string[];
  /** Accepted origins of other servers, such as a Web UI. @default [] */
  readonly origins?: readonly string[];
  /**
   * Whether the server has its own pages: their scripts, and links to them from other sites, are accepted.
   * @default false
   */
  readonly hasPages?: boolean;
}

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Returns why a request may come from another site's web page, or undefined if it is acceptable. A page reaches local
 * servers across sites, which `Origin` and `Sec-Fetch-Site` reveal, or under its own name that resolves to loopback
 * (DNS rebinding), which `Host` reveals. AWS SDKs and curl send neither `Origin` nor `Sec-Fetch-Site`.
 * @see https://fetch.spec.whatwg.org/#origin-header and https://www.w3.org/TR/fetch-metadata/
 */
export function refusalOf(
  request: IncomingMessage,
  { hosts = [], origins: trustedOrigins = [], hasPages = false }: Admission = {},
): string | undefined {
  // A target in absolute form contains its own host, which takes precedence over the header.
  if (!request.url?.startsWith('/')) return 'the request target is not a path';
  const { host: hostValues = [], origin: origins = [], 'sec-fetch-site': sites = [] } = request.headersDistinct;
  const host = hostValues[0]?.toLowerCase();
  const accepted = [...loopbackHosts(request.socket.localPort), ...hosts];
  if (host === undefined || hostValues.length > 1 || !accepted.includes(host)) {
    return `the Host header is not one of ${accepted.join(', ')}`;
  }
  if (origins.length > 0 && origins.every((origin) => trustedOrigins.includes(origin))) return undefined;
  if (origins.some((origin) => !hasPages || origin !== `http://${host}`))
    return 'the Origin header is that of a web page';
  return sites.every((site) => site === 'none' || (hasPages && isOfOwnPages(site, request))) &&
    (sites.length > 0 || hasPages || !isBrowser(request))
    ? undefined
    : 'it comes from a web page';
}

/** Clients omit the scheme's default port. */
function loopbackHosts(port: number | undefined): string[] {
  return loopbackNames.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
}

/** Also true for a link to a page, which shows the page to the user and nothing to the linking site. */
function isOfOwnPages(site: string, { method = '', headers }: IncomingMessage): boolean {
  const isLink = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return site === 'same-origin' || (isLink && ['GET', 'HEAD'].includes(method));
}

/** Old browsers never send `Sec-Fetch-Site`, and no browser sends it to an address other than loopback. */
const isBrowser = ({ headers }: IncomingMessage): boolean => /^Mozilla\//.test(headers['user-agent'] ?? '');
