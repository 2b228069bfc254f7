import { pathToFileURL } from 'node:url';
import { fileUri } from '@etl/lib/fileUri';
import {
  baseName,
  bucketUri,
  canonicalUri,
  formatUri,
  joinUri,
  parseUri,
  pathBelow,
  resolveUri,
  sameUri,
} from '@etl/lib/uri';
import { expectEqual } from '../support/expectEqual';
import { randomFrom } from '../support/random';

describe('parseUri', () => {
  test.each([
    ['s3://bucket/a//b/../c.csv', { kind: 's3', bucket: 'bucket', key: 'a//b/../c.csv' }],
    ['s3://bucket', { kind: 's3', bucket: 'bucket', key: '' }],
    ['file:///a//b/./c/../d%20e.csv', { kind: 'file', path: '/a/b/d e.csv' }],
    ['file://localhost/a/', { kind: 'file', path: '/a/' }],
    ['file:///../..', { kind: 'file', path: '/' }],
    ['file:///a%00b', undefined],
    ['file:///%', undefined],
    ['file://host/a', undefined],
    ['s3://B/a', undefined],
    ['http://a/b', undefined],
  ])('%s', (uri, location) => expect(parseUri(uri)).toEqual(location));
});

describe('canonicalUri', () => {
  test.each([
    ['file:///in/r%2B1.csv', 'file:///in/r+1.csv'],
    ['file:///in/r+1.csv', 'file:///in/r+1.csv'],
    ['file:///in/a%3Db%20c[1].csv', 'file:///in/a=b%20c%5B1%5D.csv'],
    ['s3://raw/r%2B1.csv', 's3://raw/r%2B1.csv'],
  ])('spells %s as %s', (uri, canonical) => expect(canonicalUri(uri)).toBe(canonical));

  test('distinguishes S3 keys that differ only in their encoding', () => {
    expect(sameUri('s3://raw/r%2B1.csv', 's3://raw/r+1.csv')).toBe(false);
    expect(sameUri('file:///r%2B1.csv', 'file:///r+1.csv')).toBe(true);
  });

  test('agrees for random paths, whichever function builds the URI', () => {
    const random = randomFrom(7);
    const alphabet = [
      'a',
      ' ',
      '+',
      '%',
      '%41',
      '=',
      '&',
      '#',
      '?',
      ';',
      ',',
      "'",
      '(',
      '[',
      '{',
      '~',
      'ñ',
      '销',
      '😀',
      '\\',
      '\n',
      ':',
      '@',
    ];
    for (let round = 0; round < 5000; round++) {
      const name = Array.from({ length: 1 + random.below(8) }, () => random.pick(alphabet)).join('');
      const path = `/in/${name}/b.csv`;
      const uri = formatUri({ kind: 'file', path });
      expectEqual(parseUri(uri), { kind: 'file', path });
      const others = [
        ...[fileUri(path), joinUri('file:///in', name, 'b.csv'), resolveUri('file:///in', `${name}/b.csv`)],
        ...[canonicalUri(pathToFileURL(path).href), canonicalUri(uri)],
      ];
      expectEqual(others, [uri, uri, uri, uri, uri]);
      expectEqual(pathBelow('file:///in/', uri), `${name}/b.csv`);
      const key = formatUri({ kind: 's3', bucket: 'raw', key: `x/${name}/b.csv` });
      expectEqual(resolveUri('s3://raw/x', `${name}/b.csv`), key);
      expectEqual(pathBelow('s3://raw/x', key), `${name}/b.csv`);
    }
  });
});

describe('pathBelow', () => {
  test.each([
    ['s3://raw', 's3://raw/a/b.csv', 'a/b.csv'],
    ['s3://raw/a', 's3://raw/ab/c.csv', undefined],
    ['s3://raw/a', 's3://other/a/c.csv', undefined],
    ['file:///in', 'file:///in/../etc/passwd', undefined],
    ['file:///', 'file:///a.csv', 'a.csv'],
    ['s3://raw', 'file:///a.csv', undefined],
  ])('of %s and %s is %s', (base, uri, path) => expect(pathBelow(base, uri)).toBe(path));
});

test('accepts a bucket name and a URI', () => {
  expect(bucketUri('raw-data')).toBe('s3://raw-data');
  expect(bucketUri('s3://raw-data/in/')).toBe('s3://raw-data/in');
  expect(bucketUri('Not a bucket')).toBeUndefined();
});

test('the root of the file system is a valid base', () => {
  expect(bucketUri('file:///')).toBe('file:///');
  expect(joinUri('file:///', 'a', 'b.csv')).toBe('file:///a/b.csv');
  expect(joinUri('file:///')).toBe('file:///');
});

test('trims many slashes in linear time', () => {
  const slashes = '/'.repeat(250_000);
  expect(joinUri(`s3://raw/a${slashes}x`, 'b')).toBe(`s3://raw/a${slashes}x/b`);
  expect(baseName(`s3://raw/${slashes}x.csv`)).toBe('x.csv');
});
