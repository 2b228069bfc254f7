import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CliError } from '@etl/lib/cliError';
import { fileUri } from '@etl/lib/fileUri';
import { makeScratchFolder, removeScratchFolder } from '@etl/storage/scratchFolder';
import { datasetReader } from '../../config/datasets';
import { type Config, parseConfig } from '../../config/environment';
import { makeStateFolder } from '../../local/places';
import { TemporalNotFoundError } from '../../local/temporal/errors';
import { forgetAccount } from '../../step-functions/compare/environment';
import type { InterpreterName } from '../../step-functions/compare/interpreters';
import { reportLines, reportObject } from '../../step-functions/compare/report';
import type { CompareRequest } from '../../step-functions/compare/request';
import { stepFunctions } from '../../step-functions/compare/sides';
import { runOnTemporal } from '../../step-functions/compare/temporalSide';
import { UnavailableError } from '../../step-functions/compare/unavailable';
import { calendarDate, jsonObject, sourceUri } from '../arguments';
import { cliExitCodes } from '../errors';
import { sameCommandWith } from '../hints';
import { printJson, printLines } from '../output';
import { untilSignal } from '../signals';

export interface CompareOptions {
  readonly date: string;
  readonly dataset?: string;
  readonly out?: string;
  readonly options?: string;
  readonly interpreter?: InterpreterName;
  readonly filesPerDay: number;
  readonly json?: boolean;
}

/** Names of the sides' folders. */
const names = ['temporal', 'step-functions'] as const;

export async function compare(file: string, options: CompareOptions): Promise<void> {
  const config = parseConfig(process.env);
  const { ETL_TIME_SCALE: timeScale, ETL_MESSAGE_LANGUAGE: messageLanguage, stateDir } = config;
  const event = await eventOf(file, options, config);
  const image = process.env.ETL_COMPARE_IMAGE || undefined;
  const interpreter = await availableInterpreter(options, image);
  const out = options.out === undefined ? undefined : await emptyFolder(options.out);
  forgetAccount(process.env);
  if (event.datasetsFolder !== undefined) process.env.ETL_DATASETS = event.datasetsFolder;
  const log = (line: string): void => printLines([line], options.json ? process.stderr : process.stdout);
  const interrupted = new AbortController();
  void untilSignal().then(() => {
    log('Stopping …');
    interrupted.abort();
  });
  const { signal } = interrupted;
  makeStateFolder(stateDir);
  const workDir = await makeScratchFolder(stateDir, 'compare');
  const request = (name: (typeof names)[number]): CompareRequest => ({
    ...event,
    destination: fileUri(join(out ?? join(workDir, 'out'), name)),
    workDir: join(workDir, name),
    ...(image !== undefined && { image }),
    timeScale,
    messageLanguage,
    log,
    signal,
  });
  try {
    // The engines run one after the other, so that they do not slow each other down.
    const temporal = await runOnTemporal(request('temporal'));
    const machine = await stepFunctions[interpreter].run(request('step-functions')).catch(rethrow);
    const subject = { file: event.file, batchDate: event.batchDate, filesPerDay: options.filesPerDay };
    const report = reportObject([temporal, machine], subject);
    if (options.json) printJson(report);
    else for (const line of ['', ...reportLines([temporal, machine], subject)]) log(line);
    if (!report.agree) process.exitCode = cliExitCodes.failed;
  } catch (error) {
    // Remove partial output: it is useless, and the next comparison requires an empty folder.
    if (out) await Promise.all(names.map((name) => rm(join(out, name), { recursive: true, force: true })));
    // Logs are kept only for unexpected errors.
    const isExpected = signal.aborted || error instanceof CliError || error instanceof TemporalNotFoundError;
    if (!isExpected) log(`The logs are in ${await keep(workDir)}`);
    throw error;
  } finally {
    await removeScratchFolder(workDir);
  }
}

/** Renames the scratch folder, so that later commands do not remove it. Returns its new path. */
async function keep(workDir: string): Promise<string> {
  const kept = join(dirname(workDir), `compare-${Date.now()}`);
  await rename(workDir, kept);
  return kept;
}

async function eventOf(file: string, { date, dataset: given, options }: CompareOptions, config: Config) {
  const uri = sourceUri(file);
  if (!uri.startsWith('file:')) {
    const remedy = 'Copy it to this machine first: both engines run locally, without your AWS account';
    throw new CliError(`${file} is not a local file`, remedy, cliExitCodes.usage);
  }
  const found = (await datasetReader(config)()).of(uri, given);
  // Named, because the source pattern may not match the copies of the file that the engines read.
  const dataset = found.kind === 'declared' ? found.dataset.name : given;
  const { datasetsFolder } = config;
  return {
    file: uri,
    batchDate: calendarDate(date),
    ...(dataset !== undefined && { dataset }),
    ...(datasetsFolder?.startsWith('file:') && { datasetsFolder }),
    options: options === undefined ? {} : jsonObject('--options', options),
  };
}

/**
 * Returns the requested interpreter.
 *
 * @default ministack
 *
 * @throws {CliError} when this machine lacks something it needs
 */
async function availableInterpreter(
  { interpreter = 'ministack' }: CompareOptions,
  image: string | undefined,
): Promise<InterpreterName> {
  const missing = await stepFunctions[interpreter].missing(image);
  if (missing.length === 0) return interpreter;
  throw unavailable(`the state machine cannot run on ${interpreter}: this machine lacks ${missing.join(' and ')}`);
}

function rethrow(error: unknown): never {
  throw error instanceof UnavailableError ? unavailable(error.message, error) : error;
}

function unavailable(message: string, cause?: Error): CliError {
  const remedy = `Install what is missing, or use the local interpreter: ${sameCommandWith('--interpreter', 'local')}`;
  return new CliError(message, remedy, cliExitCodes.unavailable, { cause });
}

/**
 * Creates a folder and returns its path.
 *
 * @throws {CliError} when the folder is not empty, because a batch already published there would not be converted
 * again.
 */
async function emptyFolder(folder: string): Promise<string> {
  const path = resolve(folder);
  try {
    await mkdir(path, { recursive: true });
    if ((await readdir(path)).length === 0) return path;
  } catch (error) {
    const remedy = 'Give --out a writable folder';
    throw new CliError(`${folder}: ${(error as Error).message}`, remedy, cliExitCodes.cannotCreate, { cause: error });
  }
  throw new CliError(
    `${folder} is not empty`,
    `Give --out another folder, for example ${folder.replace(/\/+$/, '')}-2`,
    cliExitCodes.cannotCreate,
  );
}
