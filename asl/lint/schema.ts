import type { Finding } from './finding';

interface Validation {
  readonly errors: readonly {
    readonly 'Error code': string;
    readonly Message: string;
    readonly schemaError?: { readonly instancePath: string };
  }[];
}

// The package has no declarations.
const validate = require('asl-validator') as (definition: object) => Validation;

/** What the schema of the language says, and whether all names lead somewhere. */
export function schemaFindings(machine: object): Finding[] {
  // It writes into what it is given.
  const { errors } = validate(structuredClone(machine));
  return errors.map(({ 'Error code': code, Message, schemaError }) => ({
    rule: 'schema',
    state: innermostState(schemaError?.instancePath ?? ''),
    message: `${Message.replace(/^ /, 'the definition ')} (${code}): mend it by the specification, https://states-language.net/spec.html`,
  }));
}

const statePath = /^(?:\/States\/[^/]+\/(?:Branches\/\d+|ItemProcessor|Iterator))*\/States\/([^/]+)/;

/** The state that a JSON Pointer leads into; empty for one that leads into none. Source of the escapes: RFC 6901. */
function innermostState(pointer: string): string {
  const [, name = ''] = statePath.exec(pointer) ?? [];
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}
