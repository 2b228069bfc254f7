import { classify, listingFrom, nextListing } from '@etl/pipeline/batch/dayFiles';
import { renderDay, unknownPlaceholders } from '@etl/pipeline/batch/placeholders';
import type { BatchPlan } from '@etl/pipeline/batch/plan';

const plan = (prefix: string, from: string, to: string, match?: string): BatchPlan => ({
  prefix,
  ...(match !== undefined && { match }),
  from,
  to,
  mode: 'missing',
  maxConcurrent: 1,
  onFailure: 'fail',
  detail: {},
  destination: 's3://clean',
  priority: 3,
});

const listings = (of: BatchPlan): string[] => {
  const all: string[] = [];
  for (let day: string | undefined = of.from; day !== undefined; day = nextListing(of, day)) {
    const listing = listingFrom(of, day);
    all.push(listing ? `${listing.from}..${listing.to} ${listing.prefix}` : `none at ${day}`);
  }
  return all;
};

test('replaces placeholders, also URL-encoded, and leaves unknown ones in place', () => {
  expect(renderDay('a/{yyyy}/{MM}/{dd}/{date}', '2026-02-08')).toBe('a/2026/02/08/2026-02-08');
  expect(renderDay('a/%7Bdate%7D', '2026-02-08')).toBe('a/2026-02-08');
  expect(renderDay('a/{yyy}{}', '2026-02-08')).toBe('a/{yyy}{}');
  expect(unknownPlaceholders('{date}/{yyy}/{}')).toEqual(['{yyy}', '{}']);
});

test('lists days that share a folder once', () => {
  expect(listings(plan('s3://raw/{date}/', '2026-02-08', '2026-02-10'))).toEqual([
    '2026-02-08..2026-02-08 s3://raw/2026-02-08',
    '2026-02-09..2026-02-09 s3://raw/2026-02-09',
    '2026-02-10..2026-02-10 s3://raw/2026-02-10',
  ]);
  expect(listings(plan('s3://raw/{yyyy}/{MM}', '2026-01-30', '2026-02-02'))).toEqual([
    '2026-01-30..2026-01-31 s3://raw/2026/01',
    '2026-02-01..2026-02-02 s3://raw/2026/02',
  ]);
  expect(listings(plan('s3://raw', '2026-01-01', '2026-12-31'))).toEqual(['2026-01-01..2026-12-31 s3://raw']);
});

test('a day within a listing does not start another one', () => {
  expect(listingFrom(plan('s3://raw', '2026-01-01', '2026-01-31'), '2026-01-02')).toBeUndefined();
  expect(listingFrom(plan('s3://raw', '2026-01-01', '2026-01-31', '*{dd}.csv'), '2026-01-02')).toMatchObject({
    match: '*02.csv',
  });
});

test('ignores a date in the requested folder for the date of a file', () => {
  const listing = listingFrom(plan('s3://raw/reload-2026-03-01', '2026-02-08', '2026-02-08'), '2026-02-08');
  const of = (key: string) => listing && classify(listing, `s3://raw/reload-2026-03-01/${key}`);
  expect(of('a.csv')).toEqual({ kind: 'file', batchDate: '2026-02-08' });
  expect(of('a-2026-03-01.csv')).toEqual({ kind: 'leftOut', reason: 'day' });
  expect(of('a-2026-02-08.csv')).toEqual({ kind: 'file', batchDate: '2026-02-08' });
});

test('decodes a file name before matching', () => {
  const listing = listingFrom(plan('file:///raw', '2026-02-01', '2026-02-28'), '2026-02-01');
  expect(listing && classify(listing, 'file:///raw/mis%20ventas%2020260208.csv')).toEqual({
    kind: 'file',
    batchDate: '2026-02-08',
  });
});
