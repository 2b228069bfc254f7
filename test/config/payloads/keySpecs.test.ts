import { parseConfig } from '../../../config/environment';
import { ConfigError } from '../../../config/errors';
import { type KeySpec, readKeySpecs } from '../../../config/payloads/keySpecs';
import { loadKeys } from '../../../config/payloads/loadKeys';

const key = (fill: number): string => Buffer.alloc(32, fill).toString('base64');

test('reads a list and a JSON object, first key first', () => {
  const wanted = [
    { id: 'b', bytes: Buffer.alloc(32, 2), isEncrypted: false },
    { id: 'a', bytes: Buffer.from('ciphertext'), isEncrypted: true },
  ];
  const wrapped = `kms:${Buffer.from('ciphertext').toString('base64')}`;
  expect(readKeySpecs(`b:${key(2)}, a:${wrapped},`)).toEqual(wanted);
  expect(readKeySpecs(JSON.stringify({ b: key(2), a: wrapped }))).toEqual(wanted);
});

test.each([
  ['nothing', ','],
  ['an empty object', '{}'],
  ['damaged JSON', '{"a": "Xsecret'],
  ['a key without an ID', key(88)],
  ['an ID with other characters', `a b:${key(88)}`],
  ['a short key', `a:${Buffer.from('Xsecret').toString('base64')}`],
  ['a key that is not base64', `a:Xsecret!${key(1)}`],
  ['a number', '{"a": 7}'],
  ['an empty ciphertext', 'a:kms:'],
  ['the same ID twice', `a:${key(1)},a:${key(88)}`],
])('rejects %s without printing the value', (_what, text) => {
  const problem = readKeySpecs(text);
  expect(problem).toEqual(expect.any(String));
  for (const secret of ['Xsecret', 'WFhY', Buffer.from('Xsecret').toString('base64')]) {
    expect(problem).not.toContain(secret);
    expect(() => parseConfig({ ETL_PAYLOAD_KEYS: text, LOG_LEVEL: 'x' })).toThrow(ConfigError);
    expect(() => parseConfig({ ETL_PAYLOAD_KEYS: text })).not.toThrow(secret);
  }
});

test('decrypts KMS keys, and rejects a result that is not a key', async () => {
  const specs = readKeySpecs(`a:kms:${Buffer.from('x').toString('base64')},b:${key(2)}`) as readonly KeySpec[];
  const decrypted = await loadKeys(specs, async (ciphertext) => Buffer.alloc(32, ciphertext[0]));
  expect(decrypted).toEqual([
    { id: 'a', bytes: Buffer.alloc(32, 'x') },
    { id: 'b', bytes: Buffer.alloc(32, 2) },
  ]);
  await expect(loadKeys(specs, async () => Buffer.alloc(16))).rejects.toThrow(/the key a has 16 bytes/);
  await expect(loadKeys(specs, () => Promise.reject(new Error('denied')))).rejects.toThrow(ConfigError);
});
