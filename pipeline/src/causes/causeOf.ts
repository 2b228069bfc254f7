import { oneLine } from '@etl/lib/oneLine';
import { awsCauses } from './aws';
import type { Cause, CauseRow } from './cause';
import { type Env, hasRemoteProvider, thisProcess } from './credentialProviders';
import { fileCauses } from './files';
import { networkCauses } from './network';
import { type Refusal, refusalOf } from './refusals';
import { temporalCauses } from './temporal';

/** Every known cause. A new cause is a row here and a row in test/pipeline/causes. */
export const causeRows: readonly CauseRow[] = [...awsCauses, ...temporalCauses, ...networkCauses, ...fileCauses];

interface Facts {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string | number;
  readonly details?: string;
  readonly hostname?: string;
  readonly address?: string;
  readonly port?: number;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Maximum depth of the chain of causes that is followed. */
const maxDepth = 8;

/**
 * Returns the known cause of an error, by the error itself or by its own causes; undefined for an unknown one. `env`
 * decides whether the provider of AWS credentials is remote.
 */
export function causeOf(error: unknown, env: Env = thisProcess()): Cause | undefined {
  let current = error;
  for (let depth = 0; depth < maxDepth && isObject(current); depth++) {
    const facts = factsOf(current);
    const row = limitOf(facts) ?? causeRows.find((each) => matches(each, facts, env));
    if (row) return { kind: row.kind, sentence: filled(row.sentence, facts), remedy: row.remedy };
    current = facts.cause;
  }
  return undefined;
}

/** Returns `sentence. remedy.`, as one line. */
export const inWords = ({ sentence, remedy }: Pick<Cause, 'sentence' | 'remedy'>): string => `${sentence}. ${remedy}.`;

/** Connection attempts to several addresses of one host fail together: the last one counts. */
function factsOf(error: Facts): Facts {
  const last = error.errors?.at(-1);
  return isObject(last) ? last : error;
}

/** Not `instanceof Error`: errors of other realms count as well. */
const isObject = (value: unknown): value is Facts => typeof value === 'object' && value !== null;

const limits: Readonly<Record<Refusal, Cause>> = {
  configuration: {
    kind: 'Misconfigured',
    sentence: 'AWS does not serve this account: {message}',
    remedy: 'Contact AWS Support',
  },
  throttled: {
    kind: 'Throttled',
    sentence: 'the service throttles requests: {message}',
    remedy: 'Try again later, or request a higher rate limit',
  },
  capacity: {
    kind: 'Throttled',
    sentence: 'a quota of the account is used up: {message}',
    remedy: 'Try again later, or request a higher quota',
  },
};

/** Errors of the language itself: their messages do not come from a service. */
const ofLanguage: readonly (string | undefined)[] = [undefined, 'Error', 'TypeError', 'RangeError', 'SyntaxError'];

function limitOf(facts: Facts): Cause | undefined {
  const codes = codesOf(facts);
  const text = facts.$metadata === undefined && ofLanguage.includes(facts.name) ? '' : (facts.message ?? '');
  const refusal = refusalOf({ codes, text });
  return refusal && limits[refusal];
}

function matches({ codes, says, remoteProvider }: CauseRow, facts: Facts, env: Env): boolean {
  return (
    (codes === undefined || codes.some((code) => codesOf(facts).includes(code))) &&
    (says === undefined || says.test(facts.message ?? '')) &&
    (remoteProvider === undefined || hasRemoteProvider(env))
  );
}

function codesOf({ name, code, details, $metadata }: Facts): string[] {
  const status = $metadata?.httpStatusCode;
  return [
    ...(name === undefined ? [] : [name]),
    ...(typeof code === 'string' ? [code] : []),
    ...(typeof code === 'number' && details !== undefined ? [`gRPC ${code}`] : []),
    ...(status === undefined ? [] : [`HTTP ${status}`]),
  ];
}

function filled(sentence: string, facts: Facts): string {
  const { details, message = '', hostname = 'of that name' } = facts;
  const said = oneLine(details || message);
  const address = facts.address === undefined ? 'the service' : `${facts.address}${facts.port ? `:${facts.port}` : ''}`;
  return sentence
    .replace('{message}', () => said)
    .replace('{host}', () => hostname)
    .replace('{address}', () => address);
}
