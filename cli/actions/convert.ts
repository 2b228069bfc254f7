import { randomUUID } from 'node:crypto';
import { CliError } from '@etl/lib/cliError';
import { describeIssue } from '@etl/lib/schemaIssues';
import { variablesOf } from '@etl/pipeline/allowedPlacesFrom';
import { resolveBatch } from '@etl/pipeline/batchIdentity';
import { containerEnvironment } from '@etl/pipeline/container';
import { transform } from '@etl/pipeline/definition';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { layout } from '@etl/pipeline/layout';
import type { Progress } from '@etl/pipeline/manifest';
import { optionsSchema } from '@etl/pipeline/options';
import { parseConfig } from '../../config/environment';
import { anyUri, calendarDate, destinationUri, jsonObject, sourceUri } from '../arguments';
import { type ContainerEnd, runContainer } from '../container';
import { cliExitCodes } from '../errors';
import { etlCommand } from '../hints';
import { printJson, printLines } from '../output';
import { createStatusLine, describeDelivered, describeManifest } from '../show';

export interface ConvertOptions {
  readonly out: string;
  readonly date?: string;
  readonly dataset?: string;
  readonly options?: string;
  readonly replaces?: string;
  readonly chunkRows: number;
  readonly progress: 'auto' | 'json' | 'none';
  readonly json?: boolean;
}

const endings = {
  committed: 'Delivered.',
  superseded: 'Superseded: a later run has published this batch. Nothing was published.',
} as const;

export async function convert(file: string, options: ConvertOptions): Promise<void> {
  const inputUri = sourceUri(file);
  const destination = destinationUri(options.out);
  const startedAt = new Date().toISOString();
  const batchDate = options.date === undefined ? startedAt.slice(0, 10) : calendarDate(options.date);
  const { dataset } = options;
  const batch = resolveBatch({ batchDate, dataset }, inputUri, parseConfig(process.env).S3_RAW_BUCKET);
  const show = showProgress(options);
  const replaces = options.replaces === undefined ? undefined : anyUri(options.replaces);
  const environment = containerEnvironment({
    ...batch,
    inputUri,
    destination,
    runId: randomUUID(),
    generation: 1,
    runStartedAt: startedAt,
    chunkRows: options.chunkRows,
    options: parseOptions(options.options),
    timeoutSeconds: transform.timeoutSeconds * 24,
    ...(replaces !== undefined && { replaces }),
  });
  const end = await runContainer({ ...namedPlaces(inputUri, destination, replaces), ...environment }, show.progress);
  show.end();
  if (end.kind === 'failed') throw conversionError(end);
  if (options.json) {
    printJson(end.manifest);
    return;
  }
  const place = layout(destination, batch);
  const facts =
    end.status === 'already'
      ? describeDelivered(end.manifest, place)
      : [endings[end.status], ...describeManifest(end.manifest, place)];
  printLines(facts);
}

/** Remedies that replace those of the container, which name environment variables that a CLI user has not set. */
const remedies: Readonly<Record<number, string>> = {
  [exitCodes.noInput]: 'Correct the path of the file',
  [exitCodes.held]: 'Correct the file, or change the gate in --options',
  [exitCodes.sourceConflict]: 'Name the replaced file with --replaces, or publish below another --out',
};

/**
 * Returns the error to show to the user. An interrupted conversion resumes from its checkpoint when the command is
 * repeated.
 */
export function conversionError(end: Extract<ContainerEnd, { kind: 'failed' }>): CliError {
  const { exitCode, cause, remedy, interrupted } = end;
  if (exitCode !== exitCodes.stopped || !interrupted) {
    // No other task follows that could receive other credentials.
    const reported = exitCode === exitCodes.credentials ? exitCodes.badConfiguration : exitCode;
    return new CliError(cause, remedies[exitCode] ?? remedy, reported);
  }
  return new CliError(
    'interrupted: nothing was published, but the finished parts are kept',
    `Resume with the same command: ${etlCommand(...process.argv.slice(2))}`,
    interrupted === 'SIGINT' ? cliExitCodes.interrupted : exitCode,
  );
}

/** Returns the variables that allow the named places: a user of this command also decides which places are allowed. */
function namedPlaces(...uris: readonly (string | undefined)[]): Readonly<Record<string, string>> {
  const roots = uris.flatMap((uri) => (uri === undefined ? [] : (/^s3:\/\/[^/]+/.exec(uri)?.[0] ?? 'file:///')));
  return variablesOf({ sources: roots, destinations: roots });
}

/** Shows progress. With `--json`, stdout contains only the manifest. */
function showProgress({ json, progress: kind }: ConvertOptions) {
  if (kind === 'json') {
    return {
      progress: (each: Progress) => printJson(each, process.stderr),
      end: () => undefined,
    };
  }
  const line = json || kind === 'none' ? undefined : createStatusLine(process.stdout);
  return { progress: (each: Progress) => line?.show({ step: 'transform', progress: each }), end: () => line?.end() };
}

function parseOptions(text: string | undefined) {
  const input = text === undefined ? {} : jsonObject('--options', text);
  const parsed = optionsSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => describeIssue(issue, [], input));
  throw new CliError(`--options: ${problems.join('; ')}`, 'See docs/csv.md for the options', cliExitCodes.usage);
}
