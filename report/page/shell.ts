import { createHash } from 'node:crypto';
import { type Html, html, styleSheet } from '@etl/lib/text/html';
import { css } from './style';

export interface Page {
  readonly title: string;
  readonly body: Html;
  readonly footer: Html;
}

/** Allows the style of the page and nothing else: no script, no image, no request. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(css).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Returns a document of one file, which neither runs scripts nor loads anything. */
export function document({ title, body, footer }: Page): Html {
  return html`<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${styleSheet(css)}</style>
</head>
<body>
<main>
${body}
</main>
<footer>${footer}</footer>
</body>
</html>
`;
}
