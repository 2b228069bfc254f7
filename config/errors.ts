import { escapeUnsafe } from '@etl/lib/text/unsafe';
import type { Cause, CauseKind } from '@etl/pipeline/causes/cause';

/**
 * Configuration errors that an operator can fix. They are apart from the modules that throw them, so that a caller that
 * only recognizes these errors does not load the rest.
 */

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(`invalid configuration: ${problems.join('; ')}`);
  }
}

/** The Temporal server cannot be used: it does not answer, or it rejects this configuration. */
export class TemporalConnectionError extends Error {
  override readonly name = 'TemporalConnectionError';
  readonly kind: CauseKind;
  readonly remedy: string;
  constructor(address: string, { kind, sentence, remedy }: Cause, options?: { readonly cause?: unknown }) {
    const what = kind === 'Unavailable' ? `cannot reach a Temporal server at ${address}` : `Temporal at ${address}`;
    super(`${what}: ${sentence}`, options);
    this.kind = kind;
    this.remedy = remedy;
  }
}

const payloadKeyProblems = {
  notSet: 'and ETL_PAYLOAD_KEYS is not set',
  unknown: 'which is not in ETL_PAYLOAD_KEYS',
  wrong: 'and the key with this ID in ETL_PAYLOAD_KEYS cannot decrypt it',
} as const;

/** A payload of Temporal cannot be decrypted with the keys of this process. */
export class PayloadKeyError extends Error {
  override readonly name = 'PayloadKeyError';
  readonly remedy =
    'Set ETL_PAYLOAD_KEYS to the keys of the other workers, and keep a key as long as a history uses it (docs/security.md)';
  constructor(
    readonly keyId: string,
    problem: keyof typeof payloadKeyProblems,
  ) {
    super(`a payload is encrypted with the key ${escapedId(keyId)}, ${payloadKeyProblems[problem]}`);
  }
}

/** Returns the key ID escaped and shortened. The ID is untrusted: it comes from the payload's author. */
const escapedId = (id: string): string => JSON.stringify(escapeUnsafe(id.slice(0, 64)));

/** Returns the payload key error in the chain of causes, or undefined. */
export function payloadKeyErrorIn(error: unknown): PayloadKeyError | undefined {
  for (let each = error; each instanceof Error; each = each.cause) if (each instanceof PayloadKeyError) return each;
  return undefined;
}
