import { escapeUnsafe } from '@etl/lib/text/unsafe';
import type { Cause, CauseKind } from '@etl/pipeline/causes/cause';

/** What people can mend, apart from the modules that throw it: who only has to know these errors need not load the rest. */

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(`bad configuration: ${problems.join('; ')}`);
  }
}

/** The Temporal server cannot be used: it does not answer, or not with this configuration. */
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

/** A payload of Temporal's cannot be decrypted with the keys of this process. */
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

/** Who has written the payload has written the ID. */
const shownId = (id: string): string => JSON.stringify(escapeUnsafe(id.slice(0, 64)));

/** The error about a payload that caused another one; undefined where none did. */
export function payloadKeyErrorIn(error: unknown): PayloadKeyError | undefined {
  for (let each = error; each instanceof Error; each = each.cause) if (each instanceof PayloadKeyError) return each;
  return undefined;
}
