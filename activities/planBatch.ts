import { capped } from '@etl/lib/capped';
import { shownUri } from '@etl/lib/text/shownUri';
import { listingFrom } from '@etl/pipeline/batch/dayFiles';
import { type BatchPlan, makeBatchPlan } from '@etl/pipeline/batch/plan';
import { planProblems } from '@etl/pipeline/batch/planProblems';
import { parseBatchRequest } from '@etl/pipeline/batch/request';
import { type ObjectStore, StorageError } from '@etl/storage/objectStore';
import type { BatchValidation } from './contract';
import { type PlaceSettings, refusedByPlace } from './refusedByPlace';

/**
 * Returns the plan of a batch, or every reason against its request. Lists the first prefix, so that a missing bucket is
 * reported before the batch starts.
 * @throws {StorageError} for a place that denies access or cannot be reached
 */
export async function planBatch(
  store: Pick<ObjectStore, 'list'>,
  settings: PlaceSettings,
  { request, scheduledAt }: { readonly request: unknown; readonly scheduledAt: string },
): Promise<BatchValidation> {
  const parsed = parseBatchRequest(request);
  if (!parsed.ok) return { valid: false, reasons: parsed.reasons };
  const plan = makeBatchPlan(parsed.request, scheduledAt, settings);
  if (plan === undefined) {
    const reason =
      `prefix: ${JSON.stringify(shownUri(parsed.request.prefix))} is not an s3://bucket/prefix or file:///folder URI` +
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
