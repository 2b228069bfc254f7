import { parseJsonOr } from '@etl/lib/json';
import { joinUri } from '@etl/lib/uri';
import type { Dataset } from '@etl/pipeline/dataset/declaration';
import { layout, manifestName, schemaRecords } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import { resolveDestination } from '@etl/pipeline/plan';
import { openStore } from '@etl/storage/openStore';
import { parseConfig } from '../../../config/environment';
import { type ColumnDifference, columnDifferences } from '../../dataset/columnDifferences';
import { chosen, readDeclarations } from '../../dataset/read';
import { cliExitCodes } from '../../errors';
import { printResult } from '../../withClient';

export interface DiffOptions {
  readonly json?: boolean;
}

interface DatasetDiff {
  readonly name: string;
  /** The newest delivered batch; null if none is. */
  readonly newest: { readonly batchDate: string; readonly source: string } | null;
  /** Whether the declaration has changed since that batch. */
  readonly declarationChanged: boolean | null;
  readonly columns: readonly ColumnDifference[];
}

/** Compares declarations with the newest manifests. Exits with 1 if they differ. */
export async function diff(names: readonly string[], { json }: DiffOptions): Promise<void> {
  const datasets = chosen(await readDeclarations(), names);
  const { cleanBase } = parseConfig(process.env);
  const diffs: DatasetDiff[] = [];
  for (const dataset of datasets) diffs.push(await diffOf(dataset, cleanBase));
  printResult(json, { datasets: diffs }, diffs.flatMap(describe));
  if (diffs.some(({ columns, declarationChanged }) => columns.length > 0 || declarationChanged))
    process.exitCode = cliExitCodes.failed;
}

async function diffOf({ name, hash, declaration }: Dataset, cleanBase: string): Promise<DatasetDiff> {
  const destination = resolveDestination(declaration.destination, cleanBase);
  const manifest = await newestManifest(destination, name);
  if (!manifest) return { name, newest: null, declarationChanged: null, columns: [] };
  const { batchDate, source } = manifest.batch;
  return {
    name,
    newest: { batchDate, source },
    declarationChanged: manifest.content.declaration !== hash,
    columns: columnDifferences(declaration, manifest.content.schema),
  };
}

/** Reads the published manifest that the record of the dataset's newest schema names. */
async function newestManifest(destination: string, dataset: string) {
  const store = openStore();
  const read = async (uri: string): Promise<unknown> => {
    const body = await store.readSmall(uri);
    return body === undefined ? undefined : parseJsonOr(body.toString('utf8'), undefined);
  };
  const records = schemaRecords(destination, { dataset, source: '' });
  const record = (await read(records.dataset)) as { batchDate: string; source: string } | undefined;
  if (!record) return undefined;
  const batch = { dataset, batchDate: record.batchDate, source: record.source };
  const content = (await read(joinUri(layout(destination, batch).published, manifestName))) as Manifest | undefined;
  return content && { batch, content };
}

function describe({ name, newest, declarationChanged, columns }: DatasetDiff): string[] {
  if (!newest) return [`${name}: no batch is delivered`];
  const { batchDate, source } = newest;
  const same = columns.length === 0 && !declarationChanged;
  return [
    `${name}: ${same ? 'as in' : 'differs from'} the batch of ${batchDate}, ${source}`,
    ...(declarationChanged ? ['  the declaration has changed since then: the next run follows it'] : []),
    ...columns.map(({ column, declared, delivered }) =>
      declared === null
        ? `  ${column}: delivered as ${delivered}, not declared`
        : `  ${column}: declared as ${declared}, ${delivered === null ? 'not delivered' : `delivered as ${delivered}`}`,
    ),
  ];
}
