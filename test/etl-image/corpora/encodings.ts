import { gzipSync } from 'node:zlib';
import type { Random } from '../../support/random';

/** How a table is written to a file, and which of its properties may be declared. */
export interface Encoding {
  readonly label: string;
  readonly declared: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  readonly bom: boolean;
  encode(utf8: Buffer): Buffer;
}

/** Characters of Windows-1252 that Latin 1 lacks and that are used here. */
const beyondLatin1: Readonly<Record<string, number>> = { '\u20ac': 0x80 };

const utf16 = (utf8: Buffer): Buffer => Buffer.from(`\ufeff${utf8.toString()}`, 'utf16le');

export const encodings: readonly Encoding[] = [
  { label: 'UTF-8', declared: 'utf-8', bom: false, encode: (utf8) => utf8 },
  {
    label: 'UTF-8 with a mark',
    declared: 'utf-8',
    bom: true,
    encode: (utf8) => Buffer.concat([Buffer.from('\ufeff'), utf8]),
  },
  { label: 'UTF-16 LE', declared: 'utf-16le', bom: true, encode: utf16 },
  { label: 'UTF-16 BE', declared: 'utf-16be', bom: true, encode: (utf8) => utf16(utf8).swap16() },
  {
    label: 'Windows-1252',
    declared: 'windows-1252',
    bom: false,
    encode: (utf8) => Buffer.from([...utf8.toString()].map((char) => beyondLatin1[char] ?? char.charCodeAt(0))),
  },
];

/** No compression, one gzip member, or two. */
export const compressions: readonly { readonly label: string; compress(plain: Buffer, random: Random): Buffer }[] = [
  { label: 'plain', compress: (plain) => plain },
  { label: 'gzip', compress: (plain) => gzipSync(plain) },
  {
    label: 'gzip of two members',
    compress: (plain, random) => {
      const cut = random.below(plain.length);
      return Buffer.concat([gzipSync(plain.subarray(0, cut)), gzipSync(plain.subarray(cut))]);
    },
  },
];
