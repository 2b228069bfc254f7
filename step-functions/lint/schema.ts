import { type Fields, isFields } from '../definition/fields';
import type { Finding } from './finding';

interface Validation {
  readonly errors: readonly {
    readonly 'Error code': string;
    readonly Message: string;
    readonly schemaError?: { readonly instancePath: string };
  }[];
}

// The package has no type declarations.
const validate = require('asl-validator') as (definition: object) => Validation;

const remedy = 'fix it according to https://states-language.net/spec.html';

/** Validates a definition against the language's schema, and checks that every referenced state exists. */
export function schemaFindings(machine: Fields): Finding[] {
  const nothing = emptyStates(machine);
  // The validator assumes that every state is an object.
  return nothing.length > 0 ? nothing : validated(machine);
}

function emptyStates({ States }: Fields): Finding[] {
  return Object.entries(isFields(States) ? States : {}).flatMap(([state, fields]) =>
    isFields(fields)
      ? []
      : [{ rule: 'schema', state, message: `the state is not an object: give it a Type, and ${remedy}` }],
  );
}

function validated(machine: Fields): Finding[] {
  try {
    return validate(deployed(machine)).errors.map((error) => described(error));
  } catch (error) {
    const [cause] = (error as Error).message.split('\n');
    return [{ rule: 'schema', state: '', message: `asl-validator cannot read the definition (${cause}): ${remedy}` }];
  }
}

/**
 * Returns a copy, because the validator mutates its input. Replaces a partition that is substituted at deployment,
 * which the validator rejects.
 */
const deployed = (machine: Fields): Fields =>
  JSON.parse(JSON.stringify(machine).replace(/"Resource":"arn:\$\{[^}"]*\}:/g, '"Resource":"arn:aws:'));

function described({ 'Error code': code, Message, schemaError }: Validation['errors'][number]): Finding {
  return {
    rule: 'schema',
    state: stateOf(schemaError?.instancePath ?? ''),
    message: `${Message.replace(/^ /, 'the definition ')} (${code}): ${remedy}`,
  };
}

/** Returns the name of the state in a JSON Pointer. @see RFC 6901 for the escapes */
function stateOf(pointer: string): string {
  const [, name = ''] = /^\/States\/([^/]+)/.exec(pointer) ?? [];
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}
