import { escapeUnsafe } from '@etl/lib/text/unsafe';
import type { Cause, CauseKind } from '@etl/pipeline/causes/cause';

/**
 * Configuration errors that an operator can fix. They are apart from the modules that throw them, so that a caller that
 * only recognizes these errors does not load the rest.
 */

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(`bad configuration: ${problems.join('; ')}`);
  }
}

/** The Temporal server cannot be used: it does not answer, or it rejects this configuration. */
export class NoTemporalError extends Error {
  override readonly name = 'NoTemporalError';
  readonly kind: CauseKind;
  readonly remedy: string;
  constructor(address: string, { kind, sentence, remedy }: Cause, options?: { readonly cause?: unknown }) {
    const what = kind === 'Unavailable' ? `no Temporal server answers at ${address}` : `Temporal at ${address}`;
    super(`${what}: ${sentence}`, options);
    this.kind = kind;
    this.remedy = remedy;
  }
}

const payloadKeyProblems = {
  notSet: 'and ETL_PAYLOAD_KEYS is not set',
  unknown: 'which ETL_PAYLOAD_KEYS does not have',
  wrong: 'and that of ETL_PAYLOAD_KEYS with this ID does not decrypt it',
} as const;

/** A payload of Temporal cannot be decrypted with the keys of this process. */
export class PayloadKeyError extends Error {
  override readonly name = 'PayloadKeyError';
  readonly remedy =
    'Set ETL_PAYLOAD_KEYS to the keys of the other workers; keep a key until no history has it (docs/security.md)';
  constructor(
    readonly keyId: string,
    problem: keyof typeof payloadKeyProblems,
  ) {
    super(`a payload is encrypted with the key ${shownId(keyId)}, ${payloadKeyProblems[problem]}`);
  }
}

/** Returns the key ID escaped and shortened. The ID is untrusted: it comes from the payload's author. */
const shownId = (id: string): string => JSON.stringify(escapeUnsafe(id.slice(0, 64)));

/** Returns the payload key error in the chain of causes, or undefined. */
export function payloadKeyErrorIn(error: unknown): PayloadKeyError | undefined {
  for (let each = error; each instanceof Error; each = each.cause) if (each instanceof PayloadKeyError) return each;
  return undefined;
}
