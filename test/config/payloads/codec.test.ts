import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { PayloadKeyError } from '../../../config/errors';
import { createPayloadCodec, type PayloadKey } from '../../../config/payloads/codec';
import { texts } from '../../lib/text/support';

const one: PayloadKey = { id: 'one', bytes: Buffer.alloc(32, 1) };
const two: PayloadKey = { id: 'two', bytes: Buffer.alloc(32, 2) };
const payload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value) as Payload;
const read = ([first]: readonly Payload[]) => first && defaultPayloadConverter.fromPayload(first);
const text = ({ metadata, data }: Payload): string =>
  [...Object.values(metadata ?? {}), data ?? ''].map((bytes) => Buffer.from(bytes).toString('latin1')).join(' ');

test('encrypts and decrypts every value, including binary ones', async () => {
  const codec = createPayloadCodec([one]);
  const values = [...texts(3, 200), { secret: [1, null, 'ñ'] }, Buffer.from([0, 255]), '', 'x'.repeat(1_000_000)];
  const encrypted = await codec.encode(values.map(payload));
  expect(encrypted).toHaveLength(values.length);
  const decoded = await codec.decode(encrypted);
  expect(decoded.map((each) => read([each]))).toEqual(values.map((value) => read([payload(value)])));
});

test('hides the content and its encoding, but not the key ID', async () => {
  const [encrypted = {}] = await createPayloadCodec([one]).encode([payload({ dataset: 'ventas' })]);
  expect(text(encrypted)).not.toMatch(/ventas|dataset|json\/plain/);
  expect(Buffer.from(encrypted.metadata?.encoding ?? []).toString()).toBe('binary/encrypted');
  expect(Buffer.from(encrypted.metadata?.['encryption-key-id'] ?? []).toString()).toBe('one');
});

test('never encrypts the same value to the same bytes', async () => {
  const codec = createPayloadCodec([one]);
  const encrypted = await codec.encode(Array.from({ length: 100 }, () => payload('x')));
  expect(new Set(encrypted.map(text)).size).toBe(100);
});

test('rotates keys: the first key encrypts, and all keys decrypt', async () => {
  const before = await createPayloadCodec([one]).encode([payload('old')]);
  const codec = createPayloadCodec([two, one]);
  expect(read(await codec.decode(before))).toBe('old');
  const after = await codec.encode([payload('new')]);
  expect(read(await createPayloadCodec([two]).decode(after))).toBe('new');
});

test('reads unencrypted payloads unchanged, with and without keys', async () => {
  const plain = [payload({ detail: { s3Key: 'a.csv' } })];
  expect(await createPayloadCodec([one]).decode(plain)).toEqual(plain);
  expect(await createPayloadCodec([]).decode(plain)).toEqual(plain);
  expect(await createPayloadCodec([]).encode(plain)).toEqual(plain);
});

const changed = ({ metadata, data }: Payload, at: number): Payload => {
  const bytes = Buffer.from(data ?? []);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return { metadata: metadata ?? {}, data: bytes };
};

test.each<[string, readonly PayloadKey[], RegExp, (encrypted: Payload) => Payload]>([
  ['an unknown key', [two], /encrypted with the key "one", which is not in ETL_PAYLOAD_KEYS/, (each) => each],
  ['no keys', [], /encrypted with the key "one", and ETL_PAYLOAD_KEYS is not set/, (each) => each],
  ['another key with this ID', [{ ...two, id: 'one' }], /"one".*cannot decrypt/, (each) => each],
  ['a changed byte', [one], /"one".*cannot decrypt/, (each) => changed(each, 20)],
  ['a changed tag', [one], /"one".*cannot decrypt/, (each) => changed(each, (each.data?.length ?? 0) - 1)],
  ['no content', [one], /"one".*cannot decrypt/, ({ metadata }) => ({ metadata: metadata ?? {} })],
  [
    'an invalid ID',
    [one],
    /key "\\\\u001b\[31m\\\\nx", which/,
    ({ metadata, data }) => ({
      ...(data && { data }),
      metadata: { ...metadata, 'encryption-key-id': Buffer.from('\u001b[31m\nx') },
    }),
  ],
])('%s: the error names the key and is reported', async (_what, keys, message, change) => {
  const reported: PayloadKeyError[] = [];
  const [encrypted = {}] = await createPayloadCodec([one]).encode([payload('x')]);
  const codec = createPayloadCodec(keys, { onUnreadable: (error) => reported.push(error) });
  await expect(codec.decode([change(encrypted)])).rejects.toThrow(message);
  expect(reported).toHaveLength(1);
});
