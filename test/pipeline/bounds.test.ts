import { approvalProblem } from '@etl/pipeline/approval';
import { parseBatchRequest } from '@etl/pipeline/batch/request';
import { mostColumns } from '@etl/pipeline/csv/columnNames';
import { parseEvent } from '@etl/pipeline/event';
import { maxEventBytes } from '@etl/pipeline/inputSize';

const detail = { s3Key: 's3://raw-data-lake/ventas/a.csv', batchDate: '2026-02-08' };
const reasonsOf = (event: unknown): readonly string[] => {
  const parsed = parseEvent(event);
  return parsed.ok ? [] : parsed.reasons;
};
const reasonsOfRequest = (request: unknown): readonly string[] => {
  const parsed = parseBatchRequest(request);
  return parsed.ok ? [] : parsed.reasons;
};
const deep = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
const columns = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`c${n}`, 'text']));

describe('an invalid event is refused with one reason that names the key and the limit', () => {
  test.each<[string, object, RegExp]>([
    [
      'a key in S3',
      { s3Key: `s3://raw/${'a'.repeat(1025)}` },
      /^detail\.s3Key: .*a key of 1025 bytes, more than the limit of 1024/,
    ],
    [
      'a key of 250 kB',
      { s3Key: `${'_'.repeat(200_000)}x` },
      /^detail\.s3Key: .*200001 characters, more than the limit of 12388/,
    ],
    [
      'a relative key',
      { s3Key: 'ñ'.repeat(513) },
      /^detail\.s3Key: .*a key of 1026 bytes, more than the limit of 1024$/,
    ],
    [
      'a path',
      { s3Key: `file:///${'a'.repeat(4096)}` },
      /^detail\.s3Key: .*a path of 4097 bytes, more than the limit of 4096/,
    ],
    ['half a character', { s3Key: 's3://raw/\ud800.csv' }, /^detail\.s3Key: .*lone surrogate/],
    ['a destination', { destination: `s3://clean/${'a'.repeat(1025)}` }, /^detail\.destination: .*1025 bytes/],
    ['a replaced file', { replaces: `s3://raw/${'a'.repeat(1025)}` }, /^detail\.replaces: .*1025 bytes/],
    ['a dataset', { dataset: 'a'.repeat(101) }, /^detail\.dataset: .*at most 100/],
    ['a source', { source: 'a'.repeat(100_000) }, /^detail\.source: .*at most 100/],
    ['a day', { batchDate: '1'.repeat(100_000) }, /^detail\.batchDate: "1{79} is not a calendar date/],
    [
      'too many columns',
      { columns: columns(mostColumns + 1) },
      /^detail\.columns: has 10001 columns, more than the limit of 10000$/,
    ],
    [
      'a column with a long name',
      { columns: { ['ñ'.repeat(128)]: 'text' } },
      /^detail\.columns: has a name of 256 bytes \("ñ+" …\), more than the limit of 255$/,
    ],
    ['the depth', { columns: deep(50_000) }, /^the event is nested more than 64 levels deep: flatten it$/],
    [
      'the size',
      { columns: { a: 'x'.repeat(maxEventBytes) } },
      /^the event has 245\d{3} bytes as JSON, more than the limit of 245760/,
    ],
  ])('%s', (_, changes, reason) => {
    const reasons = reasonsOf({ detail: { ...detail, ...changes } });
    expect(reasons).toEqual([expect.stringMatching(reason)]);
    expect(reasons[0]?.length).toBeLessThan(400);
  });
});

test('accepts the longest valid event', () => {
  const longest = { ...detail, s3Key: `s3://raw/${'ñ'.repeat(512)}`, columns: columns(mostColumns) };
  expect(reasonsOf({ detail: longest })).toEqual([]);
});

test('an event with thousands of mistakes has fifty reasons and the number of the others', () => {
  const unknown = Object.fromEntries(Array.from({ length: 7000 }, (_, n) => [`key${n}`, n]));
  const reasons = reasonsOf({ ...unknown, detail: { ...detail, ...unknown } });
  expect(reasons).toHaveLength(51);
  expect(reasons.at(-1)).toMatch(/^… and \d+ more$/);
});

describe('an invalid batch request is refused with one reason that names the key and the limit', () => {
  test.each<[string, object, RegExp]>([
    [
      'the prefix',
      { prefix: `s3://raw/${'/'.repeat(200_000)}x` },
      /^prefix: .*200010 characters, more than the limit of 12388/,
    ],
    ['the match', { match: '*'.repeat(256) }, /^match: .*more than 255 characters$/],
    ['the time zone', { timeZone: 'x'.repeat(100_000) }, /^timeZone: .*is not a time zone/],
    ['the number of concurrent files', { maxConcurrent: 501 }, /^maxConcurrent: 501 .*500/],
    ['the depth', { detail: { columns: deep(50_000) } }, /^the request is nested more than 64 levels deep/],
    [
      'the size',
      { detail: { dataset: 'x'.repeat(maxEventBytes) } },
      /^the request has \d+ bytes as JSON, more than the limit of 245760/,
    ],
  ])('%s', (_, changes, reason) => {
    expect(reasonsOfRequest({ prefix: 's3://raw/ventas', ...changes })).toEqual([expect.stringMatching(reason)]);
  });
});

test('limits the texts of an approval and rejects unknown keys', () => {
  expect(approvalProblem({ approved: true, by: 'x'.repeat(501) })).toMatch(/^by: .*500/);
  expect(approvalProblem({ approved: true, ['k'.repeat(100_000)]: 1 })?.length).toBeLessThan(200);
  expect(approvalProblem([])).toMatch(/^expected/);
});
