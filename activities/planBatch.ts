import { capped } from '@etl/lib/capped';
import { shownUri } from '@etl/lib/text/shownUri';
import { listingFrom } from '@etl/pipeline/batch/dayFiles';
import { type BatchPlan, makeBatchPlan } from '@etl/pipeline/batch/plan';
import { planProblems } from '@etl/pipeline/batch/planProblems';
import { type BatchRequest, type PrefixedRequest, parseBatchRequest } from '@etl/pipeline/batch/request';
import { requestOf } from '@etl/pipeline/dataset/batchOf';
import { type Datasets, noDatasets } from '@etl/pipeline/dataset/datasets';
import { type ObjectStore, StorageError } from '@etl/storage/objectStore';
import type { BatchValidation } from './contract';
import { type PlaceSettings, refusedByPlace } from './refusedByPlace';
import { DeclarationError } from './validateInput';

export interface BatchSettings extends PlaceSettings {
  /** Reads the declared datasets. @default none are declared */
  readonly datasets?: () => Promise<Datasets>;
}

/**
 * Returns the plan of a batch, or every reason against its request. Lists the first prefix, so that a missing bucket is
 * reported before the batch starts.
 * @throws {DeclarationError} for a dataset whose declaration cannot be used
 * @throws {StorageError} for a place that denies access or cannot be reached
 */
export async function planBatch(
  store: Pick<ObjectStore, 'list'>,
  settings: BatchSettings,
  { request, scheduledAt }: { readonly request: unknown; readonly scheduledAt: string },
): Promise<BatchValidation> {
  const parsed = parseBatchRequest(request);
  if (!parsed.ok) return { valid: false, reasons: parsed.reasons };
  const datasets = (await settings.datasets?.()) ?? noDatasets;
  const prefixed = withFiles(datasets, parsed.request, settings.rawBase);
  if ('problems' in prefixed) {
    // The request is right: it succeeds when the declaration is corrected.
    if (prefixed.isBroken) throw new DeclarationError(prefixed.problems.join('; '));
    return { valid: false, reasons: prefixed.problems };
  }
  const planned = makeBatchPlan(prefixed, scheduledAt, settings);
  const plan = planned && withDestinations(planned, datasets);
  if (plan === undefined) {
    const reason =
      `prefix: ${JSON.stringify(shownUri(prefixed.prefix))} is not an s3://bucket/prefix or file:///folder URI` +
      (settings.rawBase === undefined ? ', and S3_RAW_BUCKET, which a plain prefix requires, is not set' : '');
    return { valid: false, reasons: [reason] };
  }
  const problems = planProblems(plan);
  if (problems.length === 0) {
    const { destination, replaces } = plan.detail;
    const source = listingFrom(plan, plan.from)?.prefix ?? plan.prefix;
    problems.push(...(await refusedByPlace(store, settings, { key: 'prefix', source, destination, replaces })));
  }
  if (problems.length === 0) problems.push(...(await accessProblems(store, plan)));
  return problems.length > 0 ? { valid: false, reasons: capped(problems) } : { valid: true, plan };
}

/** Marks the plan if declarations may choose the destinations of its files. */
function withDestinations(plan: BatchPlan, datasets: Datasets): BatchPlan {
  const areDeclared = datasets.all().length + datasets.broken.length > 0 && plan.detail.destination === undefined;
  return areDeclared ? { ...plan, declaredDestinations: true } : plan;
}

/** Returns the request with the files of its dataset, or why the dataset is not usable. */
export function withFiles(
  datasets: Datasets,
  request: BatchRequest,
  rawBase: string | undefined,
): PrefixedRequest | { readonly problems: readonly string[]; readonly isBroken: boolean } {
  const { prefix, dataset: name } = request;
  if (name === undefined) return { ...request, prefix: prefix ?? '' };
  const dataset = datasets.all().find((each) => each.name === name);
  if (dataset) return requestOf(dataset, request, rawBase);
  const broken = datasets.broken.find((each) => each.name === name);
  if (broken) return { problems: broken.problems, isBroken: true };
  const known = datasets.all().map((each) => each.name);
  const remedy = known.length > 0 ? `name one of ${known.slice(0, 20).join(', ')}` : 'declare it';
  return {
    problems: [`dataset: ${JSON.stringify(name)} is not declared: ${remedy}, or give a prefix`],
    isBroken: false,
  };
}

async function accessProblems(store: Pick<ObjectStore, 'list'>, plan: BatchPlan): Promise<string[]> {
  const listing = listingFrom(plan, plan.from);
  try {
    for await (const _ of store.list(listing?.prefix ?? plan.prefix, { problems: true })) break;
    return [];
  } catch (error) {
    if (error instanceof StorageError && (error.code === 'NotFound' || error.code === 'NoSuchBucket'))
      return [`prefix: ${error.uri}: ${error.message}`];
    throw error;
  }
}
