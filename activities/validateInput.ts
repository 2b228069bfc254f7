import { capped } from '@etl/lib/capped';
import { isCalendarDate } from '@etl/lib/names';
import { shownUri } from '@etl/lib/text/shownUri';
import { parseUri } from '@etl/lib/uri';
import { resolveBatch } from '@etl/pipeline/batchIdentity';
import type { HeadInspection } from '@etl/pipeline/csv/inspectHead';
import { type Datasets, noDatasets } from '@etl/pipeline/dataset/datasets';
import type { Dataset } from '@etl/pipeline/dataset/declaration';
import { declaredDetail } from '@etl/pipeline/dataset/declaredDetail';
import { reservedNameProblem } from '@etl/pipeline/datasetName';
import { defaultChunkRows } from '@etl/pipeline/definition';
import { type EventDetail, parseEvent } from '@etl/pipeline/event';
import { layout } from '@etl/pipeline/layout';
import { type LooseDetail, looseDetail } from '@etl/pipeline/looseDetail';
import type { SourceIdentity } from '@etl/pipeline/manifest';
import { placeProblem } from '@etl/pipeline/places';
import { makePlan, namedSource, optionsOf, type Plan, resolveSource } from '@etl/pipeline/plan';
import { conflictReason, mayReplace } from '@etl/pipeline/replacement';
import { applyShards } from '@etl/pipeline/routing/applyShards';
import type { SourceKind } from '@etl/pipeline/routing/estimate';
import { noRouting, type Route, type RoutingSettings, route } from '@etl/pipeline/routing/route';
import { withCostLimit } from '@etl/pipeline/routing/withCostLimit';
import type { Commit } from '@etl/storage/commitLog';
import { inspectInThread } from '@etl/storage/inspection/inspectInThread';
import { inspectSource } from '@etl/storage/inspectSource';
import { type ObjectStore, StorageError } from '@etl/storage/objectStore';
import { isProjected } from '@etl/storage/projected';
import { isOfPlan } from './confirmCommit';
import type { Validation } from './contract';
import { findBatch } from './findBatch';
import { type PlaceSettings, refusedByPlace } from './refusedByPlace';

export interface ValidationSettings extends PlaceSettings {
  readonly timeScale: number;
  /** @default every file is an on-demand task with the size in the task definition */
  readonly routing?: RoutingSettings;
  /** Whether runs report their lineage. @default false */
  readonly lineage?: boolean;
  /** Reads the declared datasets. @default none are declared */
  readonly datasets?: () => Promise<Datasets>;
}

/** Thrown when the declarations of datasets do not determine how a file is converted. */
export class DeclarationError extends Error {
  override readonly name = 'DeclarationError';
}

/** Thrown when the batch was delivered from another source and the event does not declare the replacement. */
export class SourceConflictError extends Error {
  override readonly name = 'SourceConflict';
}

/**
 * Reads the head of the source, its size and the batch's newest commit. Returns the plan, or all reasons against the
 * input at once.
 * @throws {SourceConflictError}
 * @throws {DeclarationError}
 * @throws {StorageError} for a source that denies access or cannot be reached
 */
export async function validateInput(
  store: ObjectStore,
  settings: ValidationSettings,
  event: unknown,
): Promise<Validation> {
  const parsed = parseEvent(event);
  if (!parsed.ok) return invalid(event, settings, parsed.reasons, await declaredFor(event, settings));
  const uri = resolveSource(parsed.detail.s3Key, settings.rawBase);
  if (uri === undefined || !pointsToObject(uri)) {
    return invalid(event, settings, [
      `detail.s3Key: ${JSON.stringify(shownUri(parsed.detail.s3Key))} is not an s3://bucket/key or file:///path URI` +
        (settings.rawBase === undefined ? ', and S3_RAW_BUCKET, which a plain key requires, is not set' : ''),
    ]);
  }
  const long = placeProblem(uri);
  if (long !== undefined)
    return invalid(event, settings, [`detail.s3Key: ${JSON.stringify(uri.slice(0, 80))} ${long}`]);
  const declared = declaredDetail((await settings.datasets?.()) ?? noDatasets, parsed.detail, uri);
  if (declared.kind === 'problem') throw new DeclarationError(declared.problem);
  const { detail } = declared;
  const dataset = declared.kind === 'declared' ? declared.dataset : undefined;
  const refuse = (reasons: readonly string[]) => invalid(event, settings, reasons, dataset);
  const { destination, replaces } = detail;
  const refused = await refusedByPlace(store, settings, { key: 'detail.s3Key', source: uri, destination, replaces });
  if (refused.length > 0) return refuse(refused);
  try {
    const info = await store.head(uri);
    if (!info) return refuse([`${uri}: the object does not exist`]);
    const head = await inspectSource(store, info, optionsOf(detail), inspectInThread);
    const { problems, warnings } = head;
    if (problems.length > 0) return refuse(about(uri, problems));
    const source = { uri, bytes: info.bytes, fingerprint: info.fingerprint };
    const { cleanBase, timeScale, lineage } = settings;
    const routed = routeOf(detail, source, head, settings);
    if (!routed.ok) return refuse(about(uri, routed.reasons));
    const { batch, newest } = await findBatch(store, detail.destination ?? cleanBase, detail, uri, settings.rawBase);
    const reserved = reservedNameProblem(batch.dataset);
    if (reserved !== undefined) return refuse([`detail.dataset: ${batch.dataset} ${reserved}`]);
    const plan = makePlan({ detail, batch, source, cleanBase, timeScale, warnings, dataset, lineage, route: routed });
    const cut = applyShards(plan, head, detail.compute, settings.routing);
    if (!cut.ok) return refuse(about(uri, cut.reasons));
    const priced = withCostLimit(cut.plan, head, detail.compute?.maxCostUsd, settings.routing);
    const delivered = newest !== undefined && (await isDelivered(store, priced, newest)) && detail.force !== true;
    return { valid: true, plan: priced, delivered };
  } catch (error) {
    // Only a missing source is invalid input, since the event names it. Denied access, an unreachable source and
    // problems of the destination are not errors in the event.
    const isAbsent = error instanceof StorageError && (error.code === 'NotFound' || error.code === 'NoSuchBucket');
    if (isAbsent && error.uri === uri) {
      return refuse([`${uri}: ${error.message}`]);
    }
    throw error;
  }
}

/**
 * Returns whether readers see this source, converted with these options. A projection that is not in place is repaired
 * by a launch.
 */
async function isDelivered(store: ObjectStore, plan: Plan, { manifest }: Commit): Promise<boolean> {
  if (!mayReplace(manifest.source.uri, plan.source.uri, plan.replaces)) {
    throw new SourceConflictError(conflictReason(manifest.source.uri, plan.source.uri));
  }
  return isOfPlan(manifest, plan) && (await isProjected(store, layout(plan.destination, plan.batch), manifest));
}

const about = (uri: string, reasons: readonly string[]): string[] => reasons.map((reason) => `${uri}: ${reason}`);

function routeOf(
  detail: EventDetail,
  { uri, bytes }: SourceIdentity,
  { compression, rowBytes }: HeadInspection,
  settings: ValidationSettings,
): Route {
  return route(
    {
      source: { kind: kindOf(uri), bytes, compression, rowBytes },
      destination: kindOf(detail.destination ?? settings.cleanBase),
      chunkRows: detail.chunkRows ?? defaultChunkRows,
      requested: detail.compute ?? {},
    },
    settings.routing ?? noRouting,
  );
}

const kindOf = (uri: string): SourceKind => (parseUri(uri)?.kind === 's3' ? 's3' : 'file');

function pointsToObject(uri: string): boolean {
  const location = parseUri(uri);
  return location !== undefined && (location.kind === 'file' || location.key !== '');
}

/** Returns the URI of the source that an event names, valid or not; undefined if it names none. */
const sourceIn = ({ s3Key }: LooseDetail, rawBase: string | undefined): string | undefined =>
  s3Key === undefined ? undefined : namedSource(s3Key, rawBase);

/** Returns the declared dataset of an event that cannot be read as a whole; undefined if it is unknown. */
async function declaredFor(event: unknown, { datasets, rawBase }: ValidationSettings): Promise<Dataset | undefined> {
  const detail = looseDetail(event);
  const uri = sourceIn(detail, rawBase);
  if (uri === undefined) return undefined;
  // Best effort: the event is invalid, whether its dataset is known or not.
  const found = await datasets?.().then(
    (known) => known.of(uri, detail.dataset),
    () => undefined,
  );
  return found?.kind === 'declared' ? found.dataset : undefined;
}

function invalid(
  event: unknown,
  settings: ValidationSettings,
  reasons: readonly string[],
  dataset?: Dataset,
): Validation {
  const detail = looseDetail(event);
  const uri = sourceIn(detail, settings.rawBase);
  const { batchDate: given = '', source } = detail;
  const batchDate = isCalendarDate(given) ? given : '';
  const declared = { dataset: detail.dataset ?? dataset?.name, source, batchDate };
  const batch = uri === undefined ? declared : resolveBatch(declared, uri, settings.rawBase);
  return {
    valid: false,
    reasons: capped(reasons),
    batch: Object.fromEntries(Object.entries(batch).filter(([, value]) => value)),
    ...(settings.lineage && { lineage: true as const }),
    ...(dataset?.declaration.owner && { owner: dataset.declaration.owner.team }),
  };
}
