import { deliveryOf, eventKey } from '@etl/pipeline/deadLetters/eventKey';
import { letterKey } from '@etl/pipeline/deadLetters/letterKey';

const places = { rawBase: 's3://raw', cleanBase: 's3://clean' };
const detail = { s3Key: 's3://raw/ventas/a.csv', batchDate: '2026-02-08' };
const keyOf = (event: unknown) => eventKey(event, places);
const key = keyOf({ detail });

test.each<[string, unknown]>([
  ['other options', { detail: { ...detail, chunkRows: 10, notifications: 'none' } }],
  ['a key without a scheme', { detail: { ...detail, s3Key: 'ventas/a.csv' } }],
  ['the default destination, as a batch spells it', { detail: { ...detail, destination: 's3://clean' } }],
  ['an envelope', { id: 'x', time: '2026-02-08T00:00:00Z', detail }],
  ['a misspelt option', { detail: { ...detail, colums: {} } }],
])('%s is the same event', (_, event) => expect(keyOf(event)).toBe(key));

test.each<[string, unknown]>([
  ['another day', { detail: { ...detail, batchDate: '2026-02-09' } }],
  ['another file', { detail: { ...detail, s3Key: 's3://raw/ventas/b.csv' } }],
  ['another dataset', { detail: { ...detail, dataset: 'x' } }],
  ['another source', { detail: { ...detail, source: 'x' } }],
  ['another destination', { detail: { ...detail, destination: 's3://other' } }],
  ['an event without a day', { detail: { s3Key: detail.s3Key } }],
])('%s is another event', (_, event) => expect(keyOf(event)).not.toBe(key));

test('a delivery has the same key as its event', () => {
  expect(letterKey({ sourceUri: detail.s3Key, destination: 's3://clean', batchDate: '2026-02-08' })).toBe(key);
});

test('a landed file has the key of its location, whatever its mark', () => {
  const landed = (mark: string) => ({ landed: { uri: 'file:///in/x.csv', key: 'x.csv', mark } });
  expect(keyOf(landed('1'))).toBe(keyOf(landed('2')));
});

test('a message that is not an event has the key of its content', () => {
  expect(keyOf('text')).toBe(keyOf('text'));
  expect(new Set([keyOf('text'), keyOf('other'), keyOf(null), keyOf({ detail: {} }), keyOf([1])]).size).toBe(5);
  expect(keyOf({ detail: { a: 1, b: 2 } })).toBe(keyOf({ detail: { b: 2, a: 1 } }));
  expect(keyOf(undefined)).toBe(keyOf(null));
  expect(deliveryOf({ detail: { s3Key: 5, batchDate: '2026-02-08' } }, places)).toBeUndefined();
});
