/** What people can mend, apart from the modules that throw it: who only has to know these errors need not load the rest. */

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(`bad configuration: ${problems.join('; ')}`);
  }
}

export class NoTemporalError extends Error {
  override readonly name = 'NoTemporalError';
}
