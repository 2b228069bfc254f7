import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CliError } from '@etl/lib/cliError';
import { fileUri } from '@etl/lib/fileUri';
import type { Dataset } from '@etl/pipeline/dataset/declaration';
import type { SourcePattern } from '@etl/pipeline/dataset/sourcePattern';
import { withDeclaration } from '@etl/pipeline/dataset/withDeclaration';
import type { EventDetail } from '@etl/pipeline/event';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import type { Manifest } from '@etl/pipeline/manifest';
import { optionsOf } from '@etl/pipeline/plan';
import { chosen, readDeclarations, shownPath } from '../../dataset/read';
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
  for (const dataset of datasets) {
    declaredSettings(dataset);
    reports.push(await checkOne(dataset, declared.datasets.pattern(dataset.name), sample));
  }
  const failed = reports.flatMap(({ samples }) => samples.filter(({ problem }) => problem !== null)).length;
  const end =
    failed === 0
      ? 'All declarations are valid.'
      : `${failed} ${failed === 1 ? 'sample' : 'samples'} would not be published.`;
  printResult(json, { datasets: reports, failed }, [...reports.flatMap(describe), end]);
  if (failed > 0) process.exitCode = exitCodes.badData;
}

async function checkOne(
  dataset: Dataset,
  pattern: SourcePattern | undefined,
  extra: readonly string[],
): Promise<DatasetReport> {
  const { name, file, declaration } = dataset;
  const samples = [
    ...(declaration.samples ?? []).map((each) => resolve(dirname(file), each)),
    ...extra.map((each) => resolve(each)),
  ];
  const reports: SampleReport[] = [];
  for (const path of samples) reports.push(await convertSample(dataset, pattern, path));
  return { name, file: shownPath(file), samples: reports };
}

async function convertSample(
  dataset: Dataset,
  pattern: SourcePattern | undefined,
  path: string,
): Promise<SampleReport> {
  const report = { file: shownPath(path), totals: null, problem: null, warnings: [], undeclared: [] };
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    return { ...report, problem: 'the sample does not exist: correct `samples`, or add the file' };
  const inputUri = fileUri(path);
  const detail = withDeclaration(dataset, {} as Partial<EventDetail>);
  const { declaration, name } = dataset;
  const batchDate = pattern?.match(inputUri)?.day ?? new Date().toISOString().slice(0, 10);
  const end = await convertOnTrial({
    ...{ inputUri, batchDate, dataset: name },
    options: optionsOf(detail),
    chunkRows: declaration.chunkRows,
  });
  if (end.kind === 'failed') return { ...report, problem: end.cause };
  const { totals, warnings, schema } = end.manifest;
  const declared = Object.keys(declaration.columns ?? {});
  const undeclared = schema
    .filter((column) => !declared.includes(column.name))
    .map((column) => ({ name: column.name, type: column.type }));
  return { ...report, totals, warnings, undeclared };
}

function describe({ name, file, samples }: DatasetReport): string[] {
  if (samples.length === 0) return [`${name}: ${file}: valid; no samples`];
  return [`${name}: ${file}: valid`, ...samples.flatMap(describeSample)];
}

function describeSample({ file, totals, problem, warnings, undeclared }: SampleReport): string[] {
  if (totals === null) return [`  ${file}: NOT PUBLISHABLE: ${problem}`];
  const { rowsRead, rowsWritten, rowsBlank, rowsRejected } = totals;
  return [
    `  ${file}: ${rowsRead} rows read = ${rowsWritten} written + ${rowsBlank} blank + ${rowsRejected} rejected`,
    ...warnings.map((warning) => `    warning: ${warning}`),
    ...undeclared.map((column) => `    not declared: ${column.name}, inferred as ${column.type}`),
  ];
}
