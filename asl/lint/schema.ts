import type { Finding } from './finding';

interface Validation {
  readonly errors: readonly { readonly 'Error code': string; readonly Message: string }[];
}

// The package has no declarations.
const validate = require('asl-validator') as (definition: object) => Validation;

/** What the schema of the language says, and whether all names lead somewhere. */
export function schemaFindings(machine: object): Finding[] {
  // It writes into what it is given.
  const { errors } = validate(structuredClone(machine));
  return errors.map(({ 'Error code': code, Message }) => ({
    rule: 'schema',
    state: /^\/States\/([^/ ]+)/.exec(Message)?.[1] ?? '',
    message: `${Message.replace(/^ /, 'the definition ')} (${code}): mend it by the specification, https://states-language.net/spec.html`,
  }));
}
