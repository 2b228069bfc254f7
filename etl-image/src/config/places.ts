import { shownUri } from '@etl/lib/text/shownUri';
import { bucketUri, canonicalUri, formatUri, joinUri, parseUri } from '@etl/lib/uri';
import { resolveSource } from '@etl/pipeline/plan';

export interface Places {
  readonly inputUri: string;
  readonly destination: string;
  /** Base URI of keys without a scheme. */
  readonly rawBase: string | undefined;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Resolves the source and the destination, or returns every problem by the name of its variable. `INPUT_FILE` is a URI,
 * an absolute path, or a key in `S3_RAW_BUCKET`. openEnvironment.ts checks whether the places are allowed.
 *
 * @default destination `S3_CLEAN_BUCKET`; for a local file, the folder `lake` next to it
 */
export function resolvePlaces(env: Variables): Places | { readonly problems: readonly string[] } {
  const problems: string[] = [];
  const bucketOf = (name: 'S3_RAW_BUCKET' | 'S3_CLEAN_BUCKET'): string | undefined => {
    const text = env[name];
    const base = text === undefined ? undefined : bucketUri(text);
    if (text !== undefined && base === undefined)
      problems.push(`${name}: ${quoted(text)} is neither a bucket name nor an s3:// or file:/// URI`);
    return base;
  };
  const [rawBase, cleanBase] = [bucketOf('S3_RAW_BUCKET'), bucketOf('S3_CLEAN_BUCKET')];
  const { INPUT_FILE: input, OUTPUT_PREFIX: output } = env;
  const inputUri = input === undefined ? undefined : resolveInput(input, rawBase);
  if (input === undefined) problems.push('INPUT_FILE: is missing');
  else if (inputUri === undefined) problems.push(`INPUT_FILE: ${quoted(input)} ${inputProblem(rawBase)}`);
  const declared = output === undefined ? undefined : canonicalUri(output);
  if (output !== undefined && declared === undefined)
    problems.push(`OUTPUT_PREFIX: ${quoted(output)} is not an s3:// or file:/// URI`);
  const destination = declared ?? cleanBase ?? (inputUri && localLake(inputUri));
  if (inputUri !== undefined && destination === undefined && problems.length === 0)
    problems.push('OUTPUT_PREFIX: is missing: set it, or set S3_CLEAN_BUCKET');
  if (inputUri === undefined || destination === undefined || problems.length > 0) return { problems };
  return { inputUri, destination, rawBase };
}

function resolveInput(text: string, rawBase: string | undefined): string | undefined {
  return text.startsWith('/') ? formatUri({ kind: 'file', path: text }) : resolveSource(text, rawBase);
}

function inputProblem(rawBase: string | undefined): string {
  const problem = 'is not an s3:// or file:/// URI or an absolute path';
  return rawBase === undefined ? `${problem}; a key requires S3_RAW_BUCKET, which is not set` : problem;
}

/** Returns the default destination of a local file. A bucket of raw data is never a default destination. */
function localLake(inputUri: string): string | undefined {
  return parseUri(inputUri)?.kind === 'file'
    ? joinUri(inputUri.slice(0, inputUri.lastIndexOf('/')), 'lake')
    : undefined;
}

const quoted = (text: string): string => JSON.stringify(shownUri(text).slice(0, 200));
