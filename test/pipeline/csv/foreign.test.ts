import { gzipSync } from 'node:zlib';
import { inspectHead } from '@etl/pipeline/csv/inspectHead';

async function problemsOf(content: string | Buffer): Promise<string> {
  const { problems } = await inspectHead(Buffer.from(content), { complete: true });
  return problems.join('; ');
}

const html = '<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n<body><h1>Error</h1></body></html>\n';
const s3Error =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message></Error>';
const tar = Buffer.concat([Buffer.alloc(257, 'v'), Buffer.from('ustar'), Buffer.alloc(250)]);

describe('refuses a file that is not CSV and names its format', () => {
  test.each<[string, string | Buffer, RegExp]>([
    ['an error page', html, /an HTML page.*502 Bad Gateway Error/],
    ['a page without a doctype', '<html>\n<body>\nError 500\n</body>\n</html>\n', /an HTML page.*Error 500/],
    ['a page after a byte order mark and empty lines', `\ufeff\r\n\r\n${html}`, /an HTML page/],
    ['a page in UTF-16', Buffer.from(`\ufeff${html}`, 'utf16le'), /an HTML page/],
    ['an error of S3', s3Error, /an XML document.*NoSuchKey The key does not exist/],
    [
      'an error of S3 without a declaration',
      '<Error><Code>AccessDenied</Code></Error>',
      /an XML document.*AccessDenied/,
    ],
    ['an element that is not closed in the sample', '<rows count="2">\n <row><a>1</a></row>\n', /an XML document/],
    ['an error in JSON', '{"message":"Forbidden"}', /JSON.*Forbidden/],
    ['an empty object', '{}', /JSON/],
    ['JSON over several lines', '{\n  "error": "x"\n}\n', /JSON/],
    ['an array of JSON', '[{"a":1},\n{"a":2}]', /JSON/],
    ['JSON lines', '{"a":1}\n{"a":2}\n', /JSON/],
    ['a workbook', Buffer.from('PK\x03\x04xl/workbook.xml'), /Zip archive or an Excel workbook: export it as CSV/],
    ['a PDF', '%PDF-1.7\n1 0 obj\n', /a PDF: export it as CSV/],
    ['a compressed page', gzipSync(html), /an HTML page/],
    ['a compressed workbook', gzipSync('PK\x03\x04xl/workbook.xml'), /Excel workbook/],
    ['a compressed PDF', gzipSync('%PDF-1.7\n'), /a PDF/],
    ['gzip in gzip', gzipSync(gzipSync('a,b\n1,2\n')), /gzip data within compressed data/],
    ['a compressed tar archive', gzipSync(tar), /a tar archive/],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n', /Git LFS/],
  ])('%s', async (_what, content, words) => {
    expect(await problemsOf(content)).toMatch(words);
  });

  test.each<[string, string]>([
    ['names in angle brackets', '<TICKER>,<PER>,<DATE>\nA,D,20260208\n'],
    ['one name in angle brackets', '<TICKER>\nA\n'],
    ['names in square brackets', '[id],[name]\n1,x\n'],
    ['names in braces', '{id},{name}\n1,x\n'],
    ['HTML in a field', 'id,html\n1,<p>x</p>\n'],
    ['JSON in a field', 'id,json\n1,"{""a"":1}"\n'],
  ])('accepts %s as CSV', async (_what, content) => {
    expect(await problemsOf(content)).toBe('');
  });
});

test.each<[string, string]>([
  ['JSON lines', '{"name":"Ana","card":"4111"}\n{"name":"Eva","card":"4112"}\n'],
  ['an object', '{"customer":{"name":"Ana"},"card":"4111"}'],
  ['an array', '[{"name":"Ana","card":"4111"}]'],
  ['a table in HTML', '<html><body><table><tr><td>Ana</td><td>4111</td></tr></table></body></html>'],
  ['XML elements', '<?xml version="1.0"?><rows><row><name>Ana</name><card>4111</card></row></rows>'],
])('omits the values of %s from the reason', async (_what, content) => {
  expect(await problemsOf(content)).toMatch(
    /^this is (?:an HTML page|an XML document|JSON), perhaps an error response instead of the file$/,
  );
});
