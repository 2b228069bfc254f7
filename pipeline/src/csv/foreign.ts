import { parseJsonOr } from '@etl/lib/json';
import { detectCompression, startsWith } from './compression';

const formats: readonly [string, readonly number[]][] = [
  ['a Zip archive or an Excel workbook: export it as CSV', [0x50, 0x4b, 0x03, 0x04]],
  ['an empty Zip archive', [0x50, 0x4b, 0x05, 0x06]],
  ['an old Excel workbook: export it as CSV', [0xd0, 0xcf, 0x11, 0xe0]],
  ['already a Parquet file', [0x50, 0x41, 0x52, 0x31]],
  ['an ORC file: export it as CSV', [0x4f, 0x52, 0x43, 0x11]],
  ['an Avro file: export it as CSV', [0x4f, 0x62, 0x6a, 0x01]],
  ['an Arrow file: export it as CSV', [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31]],
  ['a SQLite database: export it as CSV', [...Buffer.from('SQLite format 3\0')]],
  ['a bzip2 file: decompress it first, or use gzip', [0x42, 0x5a, 0x68, 0x39]],
  ['an xz file: decompress it first, or use gzip', [0xfd, 0x37, 0x7a, 0x58]],
  ['a 7-Zip archive: decompress it first, or use gzip', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['a RAR archive: decompress it first, or use gzip', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ['a PDF: export it as CSV', [0x25, 0x50, 0x44, 0x46]],
];

/** Magic of the header field in a tar archive, and its offset. */
const tar = { magic: [...Buffer.from('ustar')], at: 257 };

/**
 * Returns what a file is instead of CSV, by its first bytes; undefined when it may be CSV. `within`: the bytes were
 * decompressed.
 */
export function foreignFormat(head: Buffer, within = false): string | undefined {
  if (startsWith(head.subarray(tar.at), tar.magic)) return 'a tar archive: extract it, and load its files one by one';
  const again = within ? detectCompression(head) : 'none';
  if (again !== 'none') return `${again} data within compressed data: compress the file once`;
  return formats.find(([, magic]) => startsWith(head, magic))?.[0];
}

/**
 * Returns what a text is instead of CSV: usually an error that a server sent in place of the file. A header may begin
 * with `<DATE>` or `[id]`, so the first character alone does not decide.
 */
export function foreignText(text: string): string | undefined {
  const start = text.trimStart();
  if (/^<(?:!doctype\s+html|html|head|body)[\s>]/i.test(start)) return describe('an HTML page', wordsOfHtml(start));
  if (/^<(?:\?xml|!doctype|!--)/i.test(start) || isElement(start))
    return describe('an XML document', wordsOfXml(start));
  if (/^(?:\{\s*(?:"|\}\s*$)|\[\s*(?:[{["]|\]\s*$))/.test(start)) return describe('JSON', wordsOfJson(start));
  if (start.startsWith('version https://git-lfs.')) return 'a Git LFS pointer: fetch the actual file with git lfs pull';
  return undefined;
}

/**
 * Returns whether a text begins with an element that is followed by another one, or closed: `<DATE>,<TIME>` is a
 * header.
 */
function isElement(text: string): boolean {
  const [, name] = /^<([a-z][\w.:-]*)(?:\s[^<>]*)?>/i.exec(text) ?? [];
  return name !== undefined && (/^<[^<>]*>\s*</.test(text) || text.includes(`</${name}>`));
}

/** Field names of an error. */
const errorNames = ['code', 'error', 'message', 'Code', 'Error', 'Message'];

/**
 * Returns the name of the document in a reason, with the words of an error. Other documents may be data, whose values
 * are not quoted.
 */
function describe(what: string, words: string): string {
  const error = words.replace(/\s+/g, ' ').trim().slice(0, 100);
  return `${what}, perhaps an error response instead of the file${error === '' ? '' : `: ${JSON.stringify(error)}`}`;
}

/** Maximum number of characters of a document that are read. */
const mostRead = 2000;

/** A page with a table may be an export. */
function wordsOfHtml(html: string): string {
  const start = html.slice(0, mostRead);
  return /<t(?:able|r|d|h|body)\b/i.test(html) ? '' : start.replace(/<(style|script)[\s\S]*?<\/\1>|<[^<>]*>/gi, ' ');
}

function wordsOfXml(xml: string): string {
  const elements = xml.slice(0, mostRead).matchAll(/<(code|message)>([^<>]*)</gi);
  return Array.from(elements, ([, , words = '']) => words).join(' ');
}

function wordsOfJson(json: string): string {
  const document = parseJsonOr(json, undefined);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return '';
  const fields = document as Record<string, unknown>;
  return errorNames.flatMap((name) => (typeof fields[name] === 'string' ? [fields[name]] : [])).join(' ');
}
