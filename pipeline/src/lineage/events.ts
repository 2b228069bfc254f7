import { joinUri, parseUri } from '@etl/lib/uri';
import type { Batch } from '../layout';
import type { Manifest } from '../manifest';
import type { QualityResult } from '../quality/results';

/** @see https://openlineage.io/docs/spec/run-cycle */
export type LineageEventType = 'START' | 'COMPLETE' | 'FAIL' | 'ABORT';

/** A run, as its lineage events name it. */
export interface LineageRun {
  /** UUID of the workflow run. */
  readonly runId: string;
  readonly workflowId: string;
  readonly batch: Partial<Batch>;
  /** Canonical URI; absent if the event names no source. */
  readonly sourceUri?: string | undefined;
  /** Destination of the batch; absent if validation did not find it. */
  readonly destination?: string | undefined;
  readonly owner?: string | undefined;
}

export interface LineageSettings {
  /** Namespace of the jobs. */
  readonly namespace: string;
  readonly version: string;
}

/** An OpenLineage run event. @see https://openlineage.io/spec/2-0-2/OpenLineage.json */
export interface LineageEvent {
  readonly eventType: LineageEventType;
  /** ISO 8601. */
  readonly eventTime: string;
  readonly producer: string;
  readonly schemaURL: string;
  readonly run: { readonly runId: string; readonly facets: Facets };
  readonly job: { readonly namespace: string; readonly name: string; readonly facets: Facets };
  readonly inputs: readonly LineageDataset[];
  readonly outputs: readonly LineageDataset[];
}

type Facets = Readonly<Record<string, object>>;

interface LineageDataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets?: Facets;
  readonly inputFacets?: Facets;
  readonly outputFacets?: Facets;
}

const spec = 'https://openlineage.io/spec';
/** Versions of the facets' schemas. @see https://github.com/OpenLineage/OpenLineage/tree/main/spec/facets */
const facetSchemas = {
  nominalTime: '1-0-1/NominalTimeRunFacet',
  errorMessage: '1-0-1/ErrorMessageRunFacet',
  processing_engine: '1-1-1/ProcessingEngineRunFacet',
  jobType: '2-0-4/JobTypeJobFacet',
  ownership: '1-0-1/OwnershipJobFacet',
  schema: '1-2-0/SchemaDatasetFacet',
  version: '1-0-1/DatasetVersionDatasetFacet',
  inputStatistics: '1-0-0/InputStatisticsInputDatasetFacet',
  outputStatistics: '1-0-2/OutputStatisticsOutputDatasetFacet',
  dataQualityAssertions: '1-1-0/DataQualityAssertionsDatasetFacet',
} as const;

/**
 * Returns an event about a run. The terminal event of a delivered run has the schema and the counts of its manifest.
 *
 * @param end the manifest of a delivered batch, or why the run has ended without one; absent for START
 */
export function lineageEvent(
  eventType: LineageEventType,
  eventTime: Date,
  run: LineageRun,
  { namespace, version }: LineageSettings,
  end: { readonly manifest?: Manifest | undefined; readonly failure?: string | undefined } = {},
): LineageEvent {
  const producer = `https://www.npmjs.com/package/etl-orchestrator/v/${version}`;
  const facet = (name: keyof typeof facetSchemas, values: object): Facets => {
    const schema = facetSchemas[name];
    const [, type = ''] = schema.split('/');
    return { [name]: { _producer: producer, _schemaURL: `${spec}/facets/${schema}.json#/$defs/${type}`, ...values } };
  };
  const { batch, sourceUri, destination, owner } = run;
  const { manifest, failure } = end;
  return {
    eventType,
    eventTime: eventTime.toISOString(),
    producer,
    schemaURL: `${spec}/2-0-2/OpenLineage.json#/$defs/RunEvent`,
    run: {
      runId: run.runId,
      facets: {
        ...(batch.batchDate !== undefined &&
          facet('nominalTime', { nominalStartTime: `${batch.batchDate}T00:00:00Z` })),
        ...facet('processing_engine', { version, name: 'Temporal' }),
        ...(failure !== undefined && facet('errorMessage', { message: failure, programmingLanguage: 'TypeScript' })),
      },
    },
    job: {
      namespace,
      name: batch.dataset ?? 'unknown',
      facets: {
        ...facet('jobType', { processingType: 'BATCH', integration: 'ETL_ORCHESTRATOR', jobType: 'JOB' }),
        ...(owner !== undefined && facet('ownership', { owners: [{ name: `team:${owner}` }] })),
      },
    },
    inputs:
      sourceUri === undefined
        ? []
        : [
            {
              ...datasetName(sourceUri),
              ...(manifest && {
                inputFacets: {
                  ...facet('inputStatistics', {
                    rowCount: manifest.totals.rowsRead,
                    size: manifest.source.bytes,
                    fileCount: 1,
                  }),
                  ...(manifest.quality &&
                    facet('dataQualityAssertions', { assertions: manifest.quality.map(assertionOf) })),
                },
              }),
            },
          ],
    outputs:
      destination === undefined || batch.dataset === undefined
        ? []
        : [
            {
              ...datasetName(joinUri(destination, batch.dataset)),
              ...(manifest && {
                facets: {
                  ...facet('schema', { fields: manifest.schema.map(({ name, type }) => ({ name, type })) }),
                  ...facet('version', { datasetVersion: `${manifest.runId}-${manifest.generation}` }),
                },
                outputFacets: facet('outputStatistics', {
                  rowCount: manifest.totals.rowsWritten,
                  size: manifest.parts.reduce((sum, { bytes }) => sum + bytes, 0),
                  fileCount: manifest.parts.length,
                }),
              }),
            },
          ],
  };
}

/** Returns the assertion of a quality rule. A rule that could not be evaluated has not succeeded. */
function assertionOf({ name, metric, columns = [], outcome, level, threshold, value }: QualityResult): object {
  const [column, ...others] = columns;
  return {
    assertion: metric,
    success: outcome === 'passed',
    ...(column !== undefined && others.length === 0 && { column }),
    severity: level === 'warn' ? 'warn' : 'error',
    name,
    expected: threshold,
    ...(value !== undefined && { actual: String(value) }),
  };
}

/** Returns how OpenLineage names a place. @see https://openlineage.io/docs/spec/naming */
function datasetName(uri: string): { readonly namespace: string; readonly name: string } {
  const location = parseUri(uri);
  if (location?.kind === 's3') return { namespace: `s3://${location.bucket}`, name: location.key };
  return { namespace: 'file', name: location?.path ?? uri };
}
