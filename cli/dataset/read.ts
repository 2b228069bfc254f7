import { statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { CliError } from '@etl/lib/cliError';
import { fileUri } from '@etl/lib/fileUri';
import { parseUri } from '@etl/lib/uri';
import type { Datasets } from '@etl/pipeline/dataset/datasets';
import type { Dataset } from '@etl/pipeline/dataset/declaration';
import { datasetReader } from '../../config/datasets';
import { type Config, parseConfig } from '../../config/environment';
import { cliExitCodes } from '../errors';
import { etlCommand } from '../hints';

export interface DeclaredFolder {
  /** URI of the folder. */
  readonly folder: string;
  readonly datasets: Datasets;
}

/**
 * Reads the declarations of ETL_DATASETS, by default those of `datasets` in the current folder, else of the local
 * system.
 *
 * @throws {CliError} if a local folder does not exist
 */
export async function readDeclarations(): Promise<DeclaredFolder> {
  const config = parseConfig(process.env);
  const folder = folderUri(config);
  const location = parseUri(folder);
  const isAbsent = location?.kind === 'file' && !statSync(location.path, { throwIfNoEntry: false })?.isDirectory();
  if (isAbsent) {
    const remedy = `Declare a dataset with: ${etlCommand('dataset', 'new', 'FILE')}; or set ETL_DATASETS to the folder`;
    throw new CliError(`folder not found: ${shownPath(location.path)}`, remedy, cliExitCodes.noInput);
  }
  return { folder, datasets: await datasetReader({ ...config, datasetsFolder: folder })() };
}

/** Reads the same declarations. An absent folder declares nothing. */
export async function readAnyDeclarations(): Promise<Datasets> {
  const config = parseConfig(process.env);
  return datasetReader({ ...config, datasetsFolder: folderUri(config) })();
}

function folderUri({ ETL_DATASETS: configured, datasetsFolder }: Config): string {
  if (configured !== undefined) return configured;
  const here = resolve('datasets');
  // The system that a command uses may run in another folder, which has other declarations.
  const isHere = statSync(here, { throwIfNoEntry: false })?.isDirectory();
  return isHere ? fileUri(here) : (datasetsFolder ?? fileUri(here));
}

/**
 * Returns the path of the folder to which declarations are written.
 *
 * @throws {CliError} if ETL_DATASETS names a bucket
 */
export function localFolder(): string {
  const { ETL_DATASETS: configured } = parseConfig(process.env);
  const location = parseUri(configured ?? fileUri(resolve('datasets')));
  if (location?.kind === 'file') return location.path;
  const remedy = `Write it to a local folder, and copy it with: ${etlCommand('dataset', 'apply', '--to', configured ?? '')}`;
  throw new CliError(`ETL_DATASETS is ${configured}, which is not a local folder`, remedy, cliExitCodes.usage);
}

/**
 * Returns the named datasets; all of them without names.
 *
 * @throws {CliError} if one of them is not declared, or if any declaration cannot be used
 */
export function chosen({ datasets, folder }: DeclaredFolder, names: readonly string[]): readonly Dataset[] {
  const { broken } = datasets;
  const concerned = broken.filter(({ name }) => names.length === 0 || names.includes(name));
  if (concerned.length > 0) throw declarationError(concerned.flatMap(({ problems }) => problems));
  const all = datasets.all();
  const missing = names.find((name) => !all.some((each) => each.name === name));
  if (missing === undefined) return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  throw notDeclared(
    missing,
    folder,
    all.map(({ name }) => name),
  );
}

/** Returns the error about a dataset that is not among the declared ones. */
export function notDeclared(dataset: string, folder: string, declared: readonly string[]): CliError {
  const remedy =
    declared.length > 0
      ? `Use one of the declared datasets: ${declared.join(', ')}`
      : `Declare it with: ${etlCommand('dataset', 'new', 'FILE', '--name', dataset)}`;
  return new CliError(`dataset ${dataset} is not declared in ${folder}`, remedy, cliExitCodes.noInput);
}

/** Returns the error for declarations that cannot be used, with a line for each problem. */
export function declarationError(problems: readonly string[]): CliError {
  const [first = '', ...further] = problems.map(shownProblem);
  return new CliError(first, 'Correct the declarations', cliExitCodes.usage, {}, further);
}

/** Returns a path relative to the current folder, if it lies below it. */
export function shownPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' || short.startsWith('..') ? path : short;
}

/** Returns a problem with its file relative to the current folder. */
export function shownProblem(problem: string): string {
  const [, file, rest] = /^(\/[^:]*)(:.*)$/s.exec(problem) ?? [];
  return file === undefined ? problem : `${shownPath(file)}${rest}`;
}
