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
