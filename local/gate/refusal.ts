import type { IncomingMessage } from 'node:http';

/** Which requests a server of this machine answers. */
export interface Admission {
  /** Values of `Host`, in lower case and with their port, that are accepted besides the names of loopback. @default [] */
  readonly hosts?: readonly string[];
  /** Origins of other servers, such as a Web UI, whose pages are answered. @default [] */
  readonly origins?: readonly string[];
  /** True for a server with pages of its own: their scripts, and links to them from other sites, are accepted. @default false */
  readonly hasPages?: boolean;
}

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Returns why a request may come from a web page of somebody else, or undefined for one that may be answered. A page reaches
 * servers of this machine across sites, which `Origin` and `Sec-Fetch-Site` tell, or under a name of its own that resolves
 * to loopback (DNS rebinding), which `Host` tells. AWS SDKs and curl send neither of the first two.
 * @see https://fetch.spec.whatwg.org/#origin-header and https://www.w3.org/TR/fetch-metadata/
 */
export function refusalOf(
  request: IncomingMessage,
  { hosts = [], origins: friends = [], hasPages = false }: Admission = {},
): string | undefined {
  // In absolute form the target has a host of its own, which counts instead of the header.
  if (!request.url?.startsWith('/')) return 'the request target is not a path';
  const { host: hostValues = [], origin: origins = [], 'sec-fetch-site': sites = [] } = request.headersDistinct;
  const host = hostValues[0]?.toLowerCase();
  const accepted = [...loopbackHosts(request.socket.localPort), ...hosts];
  if (host === undefined || hostValues.length > 1 || !accepted.includes(host)) {
    return `the Host header is none of ${accepted.join(', ')}`;
  }
  if (origins.length > 0 && origins.every((origin) => friends.includes(origin))) return undefined;
  if (origins.some((origin) => !hasPages || origin !== `http://${host}`)) return 'it has the Origin of a web page';
  return sites.every((site) => site === 'none' || (hasPages && isOfOwnPages(site, request))) &&
    (sites.length > 0 || hasPages || !isBrowser(request))
    ? undefined
    : 'a web page has made it';
}

/** The port is left out where it is that of the scheme. */
function loopbackHosts(port: number | undefined): string[] {
  return loopbackNames.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
}

/** Also true for a link to a page: it shows the page to the person who follows it, and nothing to the site it is on. */
function isOfOwnPages(site: string, { method = '', headers }: IncomingMessage): boolean {
  const isLink = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return site === 'same-origin' || (isLink && ['GET', 'HEAD'].includes(method));
}

/** Old browsers send no `Sec-Fetch-Site`, and no browser does to an address other than loopback. */
const isBrowser = ({ headers }: IncomingMessage): boolean => /^Mozilla\//.test(headers['user-agent'] ?? '');
