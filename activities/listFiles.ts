import { jsonBytes } from '@etl/lib/json';
import { baseName, joinUri, parseUri, sameUri, trimSlashes } from '@etl/lib/uri';
import {
  type Classification,
  classify,
  type Listing,
  leftOutCounter,
  listingFrom,
  nextListing,
} from '@etl/pipeline/batch/dayFiles';
import { keyProblem } from '@etl/pipeline/batch/fileNames';
import { shortReason } from '@etl/pipeline/batch/fileResult';
import { dateOfKey } from '@etl/pipeline/batch/keyDate';
import type { BatchPlan } from '@etl/pipeline/batch/plan';
import { addLeftOut, type LeftOut, type LeftOutReason } from '@etl/pipeline/batch/summary';
import { resolveBatch } from '@etl/pipeline/batchIdentity';
import { type Datasets, noDatasets } from '@etl/pipeline/dataset/datasets';
import { type DeclaredDetail, declaredDetail } from '@etl/pipeline/dataset/declaredDetail';
import { reservedNameProblem } from '@etl/pipeline/datasetName';
import { defaultChunkRows } from '@etl/pipeline/definition';
import type { EventDetail } from '@etl/pipeline/event';
import { type Batch, workflowId } from '@etl/pipeline/layout';
import { optionsHash } from '@etl/pipeline/options';
import { placeProblem } from '@etl/pipeline/places';
import { optionsOf } from '@etl/pipeline/plan';
import { conflictReason, mayReplace } from '@etl/pipeline/replacement';
import type { Sinks } from '@etl/pipeline/sinks/sink';
import {
  type ListedObject,
  type ListProblem,
  type ObjectInfo,
  type ObjectStore,
  StorageError,
} from '@etl/storage/objectStore';
import type { FilePage, FoundFile, ListFilesInput } from './contract';
import { type FoundBatch, findBatch } from './findBatch';
import { inTurn } from './inTurn';
import type { Executions } from './ports';
import { sinkStates } from './sinks/sinkStates';

/**
 * Maximum number of objects listed per page, including those outside the batch, so that a page ends before its timeout.
 */
const maxLooked = 50_000;
/**
 * Maximum size of a page's URIs, in bytes of JSON. Its batches and reasons, which are short, come on top; an activity's
 * result has at most 2 MiB.
 */
const maxKeyBytes = 1_000_000;
/** Commit logs read concurrently. */
export const maxChecks = 16;

export interface ListingPorts {
  readonly store: Pick<ObjectStore, 'list' | 'head' | 'readSmall'>;
  readonly executions: Pick<Executions, 'state'>;
  /** Reads the declared datasets. @default none are declared */
  readonly datasets?: (() => Promise<Datasets>) | undefined;
}

type Detail = Partial<EventDetail>;

interface Candidate {
  readonly info: ObjectInfo;
  readonly file: FoundFile;
  /** Keys of the file's event. */
  readonly detail: Detail;
  /** Sinks of the file's dataset. */
  readonly sinks?: Sinks | undefined;
}

/**
 * Returns one page of the listing that begins at `batchDate`: its files ordered by key, with the reason for each file
 * that gets no pipeline. Returns an empty page for a day that belongs to a listing that began earlier.
 * @throws {StorageError}
 */
export async function listFiles(ports: ListingPorts, input: ListFilesInput): Promise<FilePage> {
  const { plan, batchDate, after, limit } = input;
  const listing = listingFrom(plan, batchDate);
  if (!listing) return { files: [] };
  const datasets = (await ports.datasets?.()) ?? noDatasets;
  const isCounted = leftOutCounter(plan, listing);
  const candidates: Candidate[] = [];
  let looked = 0;
  let keyBytes = 0;
  let next: string | undefined;
  let leftOut: LeftOut = {};
  const options = { problems: true, ...(after !== undefined && { after }) };
  for await (const info of ports.store.list(listing.prefix, options)) {
    // The page has a successor only if there is one more object.
    if (candidates.length === limit || looked === maxLooked || keyBytes > maxKeyBytes) {
      return {
        files: await checked(ports, input, candidates),
        ...(next !== undefined && { next }),
        ...noted(leftOut),
      };
    }
    looked++;
    next = info.uri;
    if (isFolderMarker(info)) continue;
    const classified = classify(listing, info.uri, info.problem !== undefined && info.uri.endsWith('/'));
    if (classified.kind === 'leftOut' && !isCounted(classified.reason, info.uri)) continue;
    const found = fileOf(plan, datasets, listing, info, classified);
    if (typeof found === 'string') {
      leftOut = addLeftOut(leftOut, { [found]: 1 });
      continue;
    }
    candidates.push({ ...found, info, file: { ...found.file, ...noted(leftOut) } });
    leftOut = {};
    keyBytes += jsonBytes(info.uri);
  }
  return { files: await checked(ports, input, candidates), ...noted(leftOut) };
}

const noted = (leftOut: LeftOut): { leftOut?: LeftOut } => (Object.keys(leftOut).length > 0 ? { leftOut } : {});

/**
 * Returns whether the object is the empty one that consoles create for a folder. It contains no data that could be
 * missing.
 */
function isFolderMarker({ uri, bytes, problem }: ListedObject): boolean {
  return uri.endsWith('/') && bytes === 0 && problem === undefined;
}

/**
 * Yields all files of a batch, listing by listing, as the batch itself would find them. Calls `leftOut` with the counts
 * of entries left out.
 */
export async function* listAllFiles(
  ports: ListingPorts,
  plan: BatchPlan,
  limit = 200,
  leftOut: (more: LeftOut) => void = () => undefined,
): AsyncGenerator<FoundFile> {
  for (let day: string | undefined = plan.from; day !== undefined; day = nextListing(plan, day)) {
    let after: string | undefined;
    do {
      const page: FilePage = await listFiles(ports, {
        plan,
        batchDate: day,
        limit,
        ...(after !== undefined && { after }),
      });
      for (const file of page.files) {
        if (file.leftOut) leftOut(file.leftOut);
        yield file;
      }
      if (page.leftOut) leftOut(page.leftOut);
      after = page.next;
    } while (after !== undefined);
  }
}

function fileOf(
  plan: BatchPlan,
  datasets: Datasets,
  listing: Listing,
  info: ListedObject,
  classified: Classification,
): Omit<Candidate, 'info'> | LeftOutReason {
  if (classified.kind === 'leftOut') return classified.reason;
  if (plan.dataset !== undefined && datasets.pattern(plan.dataset)?.match(info.uri) === undefined) return 'name';
  const shared: Detail = plan.detail;
  const declared: DeclaredDetail<Detail> = declaredDetail(datasets, shared, info.uri);
  const detail = declared.kind === 'problem' ? shared : declared.detail;
  const { dataset } = declared.kind === 'problem' ? declared : detail;
  const batchDate = classified.kind === 'file' ? classified.batchDate : listing.from;
  const batch = resolveBatch({ ...detail, dataset, batchDate }, info.uri, plan.rawBase);
  const file = { uri: info.uri, bytes: info.bytes, batch };
  const verdict = (): Verdict => {
    const problem = problemOf(info);
    if (problem?.kind === 'notAFile') return { skip: 'notAFile', reason: problem.reason };
    if (problem) return { refused: problem.reason };
    if (classified.kind === 'refused') return { refused: classified.reason };
    if (declared.kind === 'problem') return { refused: declared.problem };
    if (detail.dataset === undefined && datasetIsDay(plan, listing, info.uri))
      return { refused: `its dataset would be ${batch.dataset}, the folder of its day: set detail.dataset` };
    const reserved = reservedNameProblem(batch.dataset);
    if (reserved !== undefined) return { refused: `its dataset would be ${batch.dataset}, which ${reserved}` };
    return {};
  };
  const { sinks } = (declared.kind === 'declared' && declared.dataset.declaration) || {};
  return { detail, sinks, file: { ...file, ...verdict() } };
}

/** Returns why an entry cannot be delivered as a file, whatever its day. */
function problemOf({ uri, problem }: ListedObject): ListProblem | undefined {
  if (problem) return problem;
  const location = parseUri(uri);
  const reason = (location?.kind === 's3' ? keyProblem(location.key) : undefined) ?? placeProblem(uri);
  return reason === undefined ? undefined : { kind: 'unreadable', reason };
}

/**
 * Returns whether the dataset would be named after a day's folder, and so change every day. Without a declared dataset,
 * the folder names it.
 */
function datasetIsDay(plan: BatchPlan, listing: Listing, uri: string): boolean {
  const named = trimSlashes(plan.prefix);
  const isOfListing = joinUri(listing.prefix, baseName(uri)) === uri;
  if (isOfListing && baseName(named) !== baseName(listing.prefix)) return true;
  const folder = uri.slice(0, uri.lastIndexOf('/'));
  const above = folder.slice(0, folder.lastIndexOf('/'));
  return dateOfKey(`${folder}/`) !== dateOfKey(`${above}/`);
}

async function checked(
  ports: ListingPorts,
  input: ListFilesInput,
  candidates: readonly Candidate[],
): Promise<FoundFile[]> {
  return inTurn(candidates, maxChecks, async (candidate) => {
    const { file } = candidate;
    const isOpen = file.refused === undefined && file.skip === undefined;
    return short(isOpen ? { ...file, ...(await check(ports, input, candidate)) } : file);
  });
}

/** Shortens the reasons: those of a page share one result, and some of them name other files. */
function short(file: FoundFile): FoundFile {
  const { refused, reason } = file;
  return {
    ...file,
    ...(refused !== undefined && { refused: shortReason(refused) }),
    ...(reason !== undefined && { reason: shortReason(reason) }),
  };
}

type Verdict = Pick<FoundFile, 'skip' | 'refused' | 'reason'> & Partial<Pick<FoundFile, 'batch'>>;

async function check(
  { store, executions }: ListingPorts,
  { plan }: ListFilesInput,
  { info, file, detail, sinks }: Candidate,
): Promise<Verdict> {
  const found = await foundBatch(store, plan, file, detail);
  if (typeof found === 'string') return { refused: found };
  const { batch: named, newest } = found;
  if (newest) {
    const { source, optionsHash: newestHash } = newest.manifest;
    if (!mayReplace(source.uri, info.uri, plan.detail.replaces as string | undefined))
      return { batch: named, refused: conflictReason(source.uri, info.uri) };
    const hash = optionsHash(optionsOf(detail), detail.chunkRows ?? defaultChunkRows);
    const isSame = sameUri(source.uri, info.uri) && source.fingerprint === info.fingerprint && newestHash === hash;
    const lacks = isSame ? await sinksBehind(store, detail.destination ?? plan.destination, named, sinks) : [];
    if (plan.mode !== 'all' && isSame && lacks.length === 0)
      return { batch: named, skip: 'delivered', reason: 'its current content was already delivered' };
  }
  const id = workflowId(named);
  const state = await executions.state(id);
  if (state.status === 'running') {
    const by = state.partOf ? `batch ${state.partOf.batch}` : 'another caller';
    return { batch: named, skip: 'running', reason: `${id} is running, started by ${by}` };
  }
  const hasFailed = state.status === 'closed' && state.how !== 'COMPLETED';
  if (plan.mode === 'failed' && !hasFailed)
    return { batch: named, skip: 'notFailed', reason: 'its last run has not failed' };
  return { batch: named };
}

/** Returns the sinks that lack the newest commit of a delivered batch: its pipeline finishes them. */
async function sinksBehind(
  store: ListingPorts['store'],
  destination: string,
  batch: Batch,
  sinks: Sinks = {},
): Promise<string[]> {
  if (Object.keys(sinks).length === 0 || parseUri(destination)?.kind !== 's3') return [];
  const { states } = await sinkStates(store, destination, batch, sinks);
  return states.filter(({ behind }) => behind).map(({ name }) => name);
}

/**
 * Finds the batch of a file. Returns the reason as text if its commit log is damaged: that affects only this file,
 * whose own run would fail with it too.
 */
async function foundBatch(
  store: ListingPorts['store'],
  plan: BatchPlan,
  { batch: { batchDate }, uri }: FoundFile,
  { dataset, source, destination = plan.destination }: Detail,
): Promise<FoundBatch | string> {
  try {
    return await findBatch(store, destination, { batchDate, dataset, source }, uri, plan.rawBase);
  } catch (error) {
    const isDamaged = error instanceof StorageError && (error.code === 'Corrupt' || error.code === 'NotFound');
    if (!isDamaged) throw error;
    return `its commit log cannot be read: ${error.uri}: ${error.message}`;
  }
}
