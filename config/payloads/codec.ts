import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { PayloadKeyError } from '../errors';

/** An AES-256 key. */
export interface PayloadKey {
  readonly id: string;
  readonly bytes: Buffer;
}

export interface CodecOptions {
  /** Called with a payload's error before the error is thrown. */
  readonly onUnreadable?: (error: PayloadKeyError) => void;
}

const encoding = Buffer.from('binary/encrypted');
const keyIdName = 'encryption-key-id';
const ivBytes = 12;
const tagBytes = 16;

/**
 * Creates a codec that encrypts payloads with AES-256-GCM under the first key and decrypts payloads of all keys.
 * Without keys, payloads are sent unencrypted. Unencrypted payloads are accepted, because the `temporal` CLI starts
 * runs without a codec.
 *
 * @throws {PayloadKeyError} when decoding a payload of an unknown key, or of a different key with the same ID.
 */
export function createPayloadCodec(keys: readonly PayloadKey[], { onUnreadable }: CodecOptions = {}): PayloadCodec {
  const [first] = keys;
  const byId = new Map(keys.map((key) => [key.id, key]));

  const decrypt = (payload: Payload): Payload => {
    if (!isEncrypted(payload)) return payload;
    const id = Buffer.from(payload.metadata?.[keyIdName] ?? []).toString('utf8');
    const key = byId.get(id);
    if (!key) throw new PayloadKeyError(id, keys.length === 0 ? 'notSet' : 'unknown');
    try {
      return temporal.api.common.v1.Payload.decode(open(key, payload.data ?? new Uint8Array()));
    } catch {
      throw new PayloadKeyError(id, 'wrong');
    }
  };

  return {
    encode: async (payloads) => payloads.map((payload) => (first ? encrypt(first, payload) : payload)),
    decode: async (payloads) => {
      try {
        return payloads.map(decrypt);
      } catch (error) {
        if (error instanceof PayloadKeyError) onUnreadable?.(error);
        throw error;
      }
    },
  };
}

function isEncrypted({ metadata }: Payload): boolean {
  return metadata?.encoding !== undefined && encoding.equals(metadata.encoding);
}

/** Encrypts a payload into IV, ciphertext and tag, in this order. */
function encrypt({ id, bytes }: PayloadKey, payload: Payload): Payload {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', bytes, iv);
  const plain = temporal.api.common.v1.Payload.encode(payload).finish();
  const data = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { metadata: { encoding, [keyIdName]: Buffer.from(id) }, data };
}

function open({ bytes }: PayloadKey, data: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', bytes, data.subarray(0, ivBytes), { authTagLength: tagBytes });
  decipher.setAuthTag(data.subarray(-tagBytes));
  return Buffer.concat([decipher.update(data.subarray(ivBytes, -tagBytes)), decipher.final()]);
}
