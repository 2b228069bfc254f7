import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { count } from '@etl/lib/amounts';
import { CliError } from '@etl/lib/cliError';
import { fileUri } from '@etl/lib/fileUri';
import type { Datasets } from '@etl/pipeline/dataset/datasets';
import type { Dataset } from '@etl/pipeline/dataset/declaration';
import { withDeclaration } from '@etl/pipeline/dataset/withDeclaration';
import type { EventDetail } from '@etl/pipeline/event';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import type { Manifest } from '@etl/pipeline/manifest';
import { optionsOf } from '@etl/pipeline/plan';
import { chosen, declarationError, readDeclarations, shownPath } from '../../dataset/read';
import { declaredSettings } from '../../dataset/schedules';
import { convertOnTrial } from '../../dataset/trial';
import { cliExitCodes } from '../../errors';
import { etlCommand } from '../../hints';
import { printResult } from '../../withClient';

export interface CheckOptions {
  readonly sample?: string[];
  readonly json?: boolean;
}

/** What the conversion of a sample shows about a declaration. */
interface SampleReport {
  readonly file: string;
  readonly totals: Manifest['totals'] | null;
  /** Why the sample would not be published. */
  readonly problem: string | null;
  readonly warnings: readonly string[];
  /** Columns of the sample that are not declared, with their inferred types. */
  readonly undeclared: readonly { readonly name: string; readonly type: string }[];
}

interface DatasetReport {
  readonly name: string;
  readonly file: string;
  readonly samples: readonly SampleReport[];
}

/** Validates declarations, and converts their samples without publishing anything. Needs neither a server nor a network. */
export async function check(names: readonly string[], { sample = [], json }: CheckOptions): Promise<void> {
  const declared = await readDeclarations();
  if (sample.length > 0 && names.length !== 1) {
    const remedy = `Name the dataset of the samples: ${etlCommand('dataset', 'check', 'NAME', '--sample', ...sample)}`;
    throw new CliError('--sample requires the name of one dataset', remedy, cliExitCodes.usage);
  }
  const datasets = chosen(declared, names);
  const reports: DatasetReport[] = [];
  for (const dataset of datasets) declaredSettings(dataset);
  const overlaps = datasets.flatMap(({ name, file }) => {
    const overlap = declared.datasets.overlapOf(name);
    return overlap === undefined ? [] : [`${file}: source.pattern: ${overlap}`];
  });
  if (overlaps.length > 0) throw declarationError(overlaps);
  for (const dataset of datasets) reports.push(await checkOne(dataset, declared.datasets, sample));
  const failed = reports.flatMap(({ samples }) => samples.filter(({ problem }) => problem !== null)).length;
  const end = failed === 0 ? 'All declarations are valid.' : `${count(failed, 'sample')} would not be published.`;
  printResult(json, { datasets: reports, failed }, [...reports.flatMap(describe), end]);
  if (failed > 0) process.exitCode = exitCodes.badData;
}

async function checkOne(dataset: Dataset, datasets: Datasets, extra: readonly string[]): Promise<DatasetReport> {
  const { name, file, declaration } = dataset;
  const samples = [
    ...(declaration.samples ?? []).map((each) => ({ path: resolve(dirname(file), each), key: '`samples`' })),
    ...extra.map((each) => ({ path: resolve(each), key: '--sample' })),
  ];
  const reports: SampleReport[] = [];
  for (const { path, key } of samples) {
    const problem = sampleProblem(path, key, datasets);
    reports.push(problem === undefined ? await convertSample(dataset, datasets, path) : notPublishable(path, problem));
  }
  return { name, file: shownPath(file), samples: reports };
}

/** Returns why a sample cannot be converted. @param key what names the sample */
function sampleProblem(path: string, key: string, datasets: Datasets): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return `the sample does not exist: correct ${key}, or add the file`;
  if (!found.isFile()) return `the sample is ${found.isDirectory() ? 'a folder' : 'not a file'}: name a file in ${key}`;
  const of = datasets.of(fileUri(path));
  if (of.kind !== 'ambiguous') return undefined;
  return `the source patterns of ${of.names.join(' and ')} match the sample: make them exclude each other`;
}

async function convertSample(dataset: Dataset, datasets: Datasets, path: string): Promise<SampleReport> {
  const inputUri = fileUri(path);
  const detail = withDeclaration(dataset, {} as Partial<EventDetail>);
  const { declaration, name } = dataset;
  const batchDate = datasets.pattern(name)?.match(inputUri)?.day ?? new Date().toISOString().slice(0, 10);
  const end = await convertOnTrial({
    ...{ inputUri, batchDate, dataset: name },
    options: optionsOf(detail),
    chunkRows: declaration.chunkRows,
  });
  if (end.kind === 'failed') return notPublishable(path, end.cause);
  const { totals, warnings, schema } = end.manifest;
  const declared = Object.keys(declaration.columns ?? {});
  const undeclared = schema
    .filter((column) => !declared.includes(column.name))
    .map((column) => ({ name: column.name, type: column.type }));
  return { file: shownPath(path), totals, problem: null, warnings, undeclared };
}

const notPublishable = (path: string, problem: string): SampleReport => ({
  file: shownPath(path),
  totals: null,
  problem,
  warnings: [],
  undeclared: [],
});

function describe({ name, file, samples }: DatasetReport): string[] {
  if (samples.length === 0) return [`${name}: ${file}: valid; no samples`];
  return [`${name}: ${file}: valid`, ...samples.flatMap(describeSample)];
}

function describeSample({ file, totals, problem, warnings, undeclared }: SampleReport): string[] {
  if (totals === null) return [`  ${file}: NOT PUBLISHABLE: ${problem}`];
  const { rowsRead, rowsWritten, rowsBlank, rowsRejected } = totals;
  return [
    `  ${file}: ${count(rowsRead, 'row')} read = ${rowsWritten} written + ${rowsBlank} blank + ${rowsRejected} rejected`,
    ...warnings.map((warning) => `    warning: ${warning}`),
    ...undeclared.map((column) => `    not declared: ${column.name}, inferred as ${column.type}`),
  ];
}
