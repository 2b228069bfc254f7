import { classOfKind } from '@etl/pipeline/causes/cause';
import { causeOf } from '@etl/pipeline/causes/causeOf';
import { ConfigError } from '../errors';
import type { PayloadKey } from './codec';
import { type KeySpec, keyBytes } from './keySpecs';

type Decrypt = (ciphertext: Uint8Array) => Promise<Buffer>;

/** Loads the KMS client only for a key that needs it. */
const decryptWithKms: Decrypt = (ciphertext) => {
  const { createDataKeyDecrypter } = require('../../aws/kmsDataKey') as typeof import('../../aws/kmsDataKey');
  return createDataKeyDecrypter()(ciphertext);
};

/**
 * Returns the keys, with those of KMS decrypted.
 *
 * @throws {ConfigError} for a key that KMS does not decrypt to an AES-256 key.
 * @throws {Error} when KMS is unavailable or throttles.
 */
export async function loadKeys(specs: readonly KeySpec[], decrypt: Decrypt = decryptWithKms): Promise<PayloadKey[]> {
  return Promise.all(
    specs.map(async ({ id, bytes, isEncrypted }) => {
      if (!isEncrypted) return { id, bytes };
      const plain = await decrypt(bytes).catch((error: Error) => {
        const problem = `ETL_PAYLOAD_KEYS: KMS cannot decrypt the key ${id}`;
        const cause = causeOf(error);
        const isTransient = cause && ['ServiceUnavailable', 'Throttled'].includes(classOfKind(cause.kind));
        if (isTransient) throw new Error(problem, { cause: error });
        throw new ConfigError([`${problem}: ${error.name}: ${error.message}`]);
      });
      if (plain.length === keyBytes) return { id, bytes: plain };
      throw new ConfigError([
        `ETL_PAYLOAD_KEYS: the key ${id} has ${plain.length} bytes, but AES-256 needs ${keyBytes}`,
      ]);
    }),
  );
}
