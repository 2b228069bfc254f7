import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliError } from '@etl/lib/cliError';
import { isCalendarDate } from '@etl/lib/names';
import { canonicalUri } from '@etl/lib/uri';
import { resolveBatch } from '@etl/pipeline/batchIdentity';
import { requestOf } from '@etl/pipeline/dataset/batchOf';
import type { Datasets } from '@etl/pipeline/dataset/datasets';
import { declaredDetail } from '@etl/pipeline/dataset/declaredDetail';
import type { EventDetail } from '@etl/pipeline/event';
import { layout, workflowId } from '@etl/pipeline/layout';
import { resolveDestination, resolveSource } from '@etl/pipeline/plan';
import { stringify } from 'yaml';
import { parseConfig } from '../../../config/environment';
import { chosen, readDeclarations, shownPath } from '../../dataset/read';
import { cliExitCodes } from '../../errors';
import { printResult } from '../../withClient';

export interface ShowOptions {
  readonly file?: string;
  readonly date?: string;
  readonly json?: boolean;
}

/** Shows a declaration, and with `--file` what a run of that file will do. */
export async function show(name: string, { file, date, json }: ShowOptions): Promise<void> {
  const declared = await readDeclarations();
  const [dataset] = chosen(declared, [name]);
  if (!dataset) return;
  const { rawBase, cleanBase } = parseConfig(process.env);
  const { prefix, match } = requestOf(dataset, {}, rawBase);
  const run = file === undefined ? undefined : runOf(declared.datasets, file, date, rawBase, cleanBase);
  const { hash, declaration } = dataset;
  printResult(
    json,
    { name, file: dataset.file, hash, declaration, batch: { prefix, match: match ?? null }, run: run ?? null },
    [
      `Dataset ${name}, declared in ${shownPath(dataset.file)}, hash ${hash}`,
      `Files of a batch: ${prefix}${match === undefined ? '' : `, ${match}`}`,
      ...stringify(declaration)
        .trimEnd()
        .split('\n')
        .map((line) => `  ${line}`),
      ...(run
        ? [
            `A run of ${run.source}:`,
            `  ${datasetLine(name, run.dataset)}`,
            `  workflow ${run.workflowId}`,
            `  publishes ${run.published}`,
            `  event ${JSON.stringify(run.event)}`,
          ]
        : []),
    ],
  );
}

/** A file that the pattern does not match does not follow the declaration that is shown. */
function datasetLine(shown: string, found: string | null): string {
  if (found === shown) return `dataset ${found}`;
  const other = found === null ? 'no declared dataset' : `dataset ${found}`;
  return `${other}: source.pattern of ${shown} does not match the file`;
}

function runOf(
  datasets: Datasets,
  file: string,
  date: string | undefined,
  rawBase: string | undefined,
  cleanBase: string,
) {
  const uri = file.includes('://')
    ? canonicalUri(file)
    : (canonicalUri(pathToFileURL(resolve(file)).href) ?? resolveSource(file, rawBase));
  if (uri === undefined) throw new CliError(`${file} is not a file`, 'Give a path or a URI', cliExitCodes.usage);
  const found = datasets.of(uri);
  const batchDate = date ?? (found.kind === 'declared' ? found.match.day : undefined);
  if (batchDate === undefined || !isCalendarDate(batchDate))
    throw new CliError(`${uri} has no batch date in its name`, 'Give it with --date YYYY-MM-DD', cliExitCodes.usage);
  const result = declaredDetail<Partial<EventDetail>>(datasets, {}, uri);
  if (result.kind === 'problem') throw new CliError(result.problem, 'Correct the declarations', cliExitCodes.usage);
  const event = { detail: { ...result.detail, s3Key: uri, batchDate } };
  const batch = resolveBatch({ ...result.detail, batchDate }, uri, rawBase);
  const destination = resolveDestination(event.detail.destination, cleanBase);
  return {
    source: uri,
    dataset: result.kind === 'declared' ? result.dataset.name : null,
    workflowId: workflowId(batch),
    published: layout(destination, batch).published,
    event,
  };
}
