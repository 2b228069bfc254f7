/** A configured key: its bytes, or its ciphertext of KMS. */
export interface KeySpec {
  readonly id: string;
  readonly bytes: Buffer;
  readonly isEncrypted: boolean;
}

/** Length of an AES-256 key in bytes. */
export const keyBytes = 32;

const keyId = /^[A-Za-z0-9_.-]{1,64}$/;
const kmsPrefix = 'kms:';
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Parses `ETL_PAYLOAD_KEYS`: a JSON object of IDs and keys, or `id:key,id:key`. A key is 32 bytes in base64, or `kms:`
 * and an AWS KMS ciphertext in base64. For invalid text, returns the problem, without quoting the text.
 */
export function readKeySpecs(text: string): readonly KeySpec[] | string {
  const entries = text.trim().startsWith('{') ? jsonEntries(text) : listEntries(text);
  if (typeof entries === 'string') return entries;
  const specs = entries.map(([id, key], index) => keySpec(id, key, index + 1));
  const problem = specs.find((each) => typeof each === 'string');
  if (problem !== undefined) return problem;
  const ids = entries.map(([id]) => id);
  const duplicate = ids.find((id, index) => ids.indexOf(id) !== index);
  if (duplicate !== undefined) return `has two keys with the ID ${duplicate}: give each key a unique ID`;
  if (specs.length === 0) return 'has no key: set it to id:base64, or unset it';
  return specs as KeySpec[];
}

function jsonEntries(text: string): [string, unknown][] | string {
  try {
    return Object.entries(JSON.parse(text) as object);
  } catch {
    return 'is not valid JSON: use the form {"id": "base64", …}';
  }
}

function listEntries(text: string): [string, string][] {
  const items = text.split(',').map((item) => item.trim());
  return items.filter(Boolean).map((item) => {
    const at = item.indexOf(':');
    return at < 0 ? ['', item] : [item.slice(0, at), item.slice(at + 1)];
  });
}

function keySpec(id: string, key: unknown, number: number): KeySpec | string {
  if (!keyId.test(id)) return `has no valid ID for key ${number}: use up to 64 letters, digits, _ . and -`;
  const isEncrypted = typeof key === 'string' && key.startsWith(kmsPrefix);
  const encoded = typeof key === 'string' ? key.slice(isEncrypted ? kmsPrefix.length : 0) : '';
  const bytes = base64.test(encoded) ? Buffer.from(encoded, 'base64') : Buffer.alloc(0);
  if (isEncrypted ? bytes.length > 0 : bytes.length === keyBytes) return { id, bytes, isEncrypted };
  return isEncrypted
    ? `has a key ${id} that is not a KMS ciphertext in base64: create one with aws kms encrypt`
    : `has a key ${id} that is not ${keyBytes} bytes in base64: create one with openssl rand -base64 ${keyBytes}`;
}
