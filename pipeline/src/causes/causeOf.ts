import { oneLine } from '@etl/lib/oneLine';
import { awsCauses } from './aws';
import type { Cause, CauseRow } from './cause';
import { fileCauses } from './files';
import { networkCauses } from './network';
import { temporalCauses } from './temporal';

/** Every known cause. A new one is a row here and a row in test/pipeline/causes. */
export const causeRows: readonly CauseRow[] = [...awsCauses, ...temporalCauses, ...networkCauses, ...fileCauses];

type Env = Readonly<Record<string, string | undefined>>;

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

/** Longest chain of causes that is followed. */
const maxDepth = 8;

/**
 * The known cause of an error, by itself or by what caused it; undefined for an unknown one. Whether the provider of AWS
 * credentials is a remote one follows from `env`.
 */
export function causeOf(error: unknown, env: Env = process.env): Cause | undefined {
  let current = error;
  for (let depth = 0; depth < maxDepth && isObject(current); depth++) {
    const facts = factsOf(current);
    const row = causeRows.find((each) => matches(each, facts, env));
    if (row) return { kind: row.kind, sentence: filled(row.sentence, facts), remedy: row.remedy };
    current = facts.cause;
  }
  return undefined;
}

/** `sentence. remedy.`, as one line. */
export const inWords = ({ sentence, remedy }: Pick<Cause, 'sentence' | 'remedy'>): string => `${sentence}. ${remedy}.`;

/** Attempts at several addresses of one host fail together: the last one counts. */
function factsOf(error: Facts): Facts {
  const last = error.errors?.at(-1);
  return isObject(last) ? last : error;
}

/** Not `instanceof Error`: errors of other realms count, too. */
const isObject = (value: unknown): value is Facts => typeof value === 'object' && value !== null;

function matches({ codes, says, given }: CauseRow, facts: Facts, env: Env): boolean {
  return (
    (codes === undefined || codes.some((code) => codesOf(facts).includes(code))) &&
    (says === undefined || says.test(facts.message ?? '')) &&
    (given === undefined || given.some((name) => Boolean(env[name])))
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
