import { belongs, type Listing, listingFrom, nextListing } from '@etl/pipeline/batch/dayFiles';
import { dateOfKey } from '@etl/pipeline/batch/keyDate';
import type { BatchPlan } from '@etl/pipeline/batch/plan';
import { defaultChunkRows } from '@etl/pipeline/definition';
import type { EventDetail } from '@etl/pipeline/event';
import { layout, workflowId } from '@etl/pipeline/layout';
import { optionsHash } from '@etl/pipeline/options';
import { optionsOf, resolveBatch } from '@etl/pipeline/plan';
import { baseName, joinUri } from '@etl/pipeline/uri';
import { readNewestCommit } from '@etl/storage/commitLog';
import { type ObjectInfo, type ObjectStore, StorageError } from '@etl/storage/objectStore';
import type { FilePage, FoundFile, ListFilesInput } from './contract';
import { inTurn } from './inTurn';
import type { ExecutionState, Executions } from './ports';

/** Objects of a page, of the batch or not: a page ends before its time is over. */
const maxLooked = 50_000;
/** Of the keys of a page, each of which may be told three times: an activity's answer has 2 MiB at the most. */
const maxKeyBytes = 400_000;
/** Commit logs that are read at once. */
const maxChecks = 16;

export interface ListingPorts {
  readonly store: Pick<ObjectStore, 'list' | 'head' | 'readSmall'>;
  readonly executions: Pick<Executions, 'state'>;
}

interface Candidate {
  readonly info: ObjectInfo;
  readonly file: FoundFile;
}

/**
 * One page of the listing that begins at `batchDate`: the files that belong to it in order of their keys, and why no pipeline
 * is to be started for some. Empty for a day that is part of a listing which began before. Throws `StorageError`.
 */
export async function listFiles(ports: ListingPorts, input: ListFilesInput): Promise<FilePage> {
  const { plan, batchDate, after, limit } = input;
  const listing = listingFrom(plan, batchDate);
  if (!listing) return { files: [] };
  const candidates: Candidate[] = [];
  const seen = new Map<string, string>();
  let looked = 0;
  let keyBytes = 0;
  let next: string | undefined;
  for await (const info of ports.store.list(listing.prefix, after === undefined ? {} : { after })) {
    // That there is one more is known before a page says that it is not the last.
    if (candidates.length === limit || looked === maxLooked || keyBytes > maxKeyBytes) {
      return { files: await checked(ports, input, listing, candidates), ...(next !== undefined && { next }) };
    }
    looked++;
    next = info.uri;
    const file = fileOf(plan, listing, info, seen);
    if (!file) continue;
    candidates.push({ info, file });
    keyBytes += JSON.stringify(info.uri).length;
  }
  return { files: await checked(ports, input, listing, candidates) };
}

/** All files of a batch, listing by listing, as the batch itself would find them. */
export async function* listAllFiles(ports: ListingPorts, plan: BatchPlan, limit = 200): AsyncGenerator<FoundFile> {
  for (let day: string | undefined = plan.from; day !== undefined; day = nextListing(plan, day)) {
    let after: string | undefined;
    do {
      const page: FilePage = await listFiles(ports, {
        plan,
        batchDate: day,
        limit,
        ...(after !== undefined && { after }),
      });
      yield* page.files;
      after = page.next;
    } while (after !== undefined);
  }
}

/** `seen`: the files of this page by the workflow that delivers them. */
function fileOf(plan: BatchPlan, listing: Listing, info: ObjectInfo, seen: Map<string, string>): FoundFile | undefined {
  const belonging = belongs(listing, info.uri);
  if (belonging.kind === 'none') return undefined;
  const batchDate = belonging.kind === 'file' ? belonging.batchDate : listing.from;
  const batch = resolveBatch({ ...(plan.detail as Partial<EventDetail>), batchDate }, info.uri);
  const file = { uri: info.uri, bytes: info.bytes, batch };
  if (belonging.kind === 'refused') return { ...file, refused: belonging.reason };
  if (datasetIsDay(plan, listing, info.uri)) {
    const reason = `its dataset would be ${batch.dataset}, the folder of its day: name it in detail.dataset`;
    return { ...file, refused: reason };
  }
  const id = workflowId(batch);
  const other = seen.get(id);
  if (other !== undefined) return { ...file, refused: sameBatch(id, other) };
  seen.set(id, info.uri);
  return file;
}

/** Without a declared dataset the folder is it: one that is named by the day would be another dataset each day. */
function datasetIsDay(plan: BatchPlan, listing: Listing, uri: string): boolean {
  if (plan.detail.dataset !== undefined) return false;
  const named = plan.prefix.replace(/\/+$/, '');
  const isOfListing = joinUri(listing.prefix, baseName(uri)) === uri;
  if (isOfListing && baseName(named) !== baseName(listing.prefix)) return true;
  const folder = uri.slice(0, uri.lastIndexOf('/'));
  const above = folder.slice(0, folder.lastIndexOf('/'));
  return dateOfKey(`${folder}/`) !== dateOfKey(`${above}/`);
}

function sameBatch(id: string, other: string): string {
  return `${id} is what ${other} is delivered as, too: one of them would replace the other; rename it, or move it elsewhere`;
}

async function checked(
  ports: ListingPorts,
  input: ListFilesInput,
  listing: Listing,
  candidates: readonly Candidate[],
): Promise<FoundFile[]> {
  const { chunkRows } = input.plan.detail as Partial<EventDetail>;
  const options = optionsOf(input.plan.detail as EventDetail);
  const hash = optionsHash(options, chunkRows ?? defaultChunkRows);
  return inTurn(candidates, maxChecks, async ({ info, file }) =>
    file.refused === undefined ? { ...file, ...(await check(ports, input, listing, info, file, hash)) } : file,
  );
}

type Verdict = Pick<FoundFile, 'skip' | 'refused' | 'reason'>;

async function check(
  { store, executions }: ListingPorts,
  { plan, batch }: ListFilesInput,
  listing: Listing,
  info: ObjectInfo,
  file: FoundFile,
  hash: string,
): Promise<Verdict> {
  const newest = await newestManifest(store, plan, file);
  if (typeof newest === 'string') return { refused: newest };
  if (newest) {
    const { uri, fingerprint } = newest.source;
    const isSame = uri === info.uri && fingerprint === info.fingerprint && newest.optionsHash === hash;
    if (plan.mode !== 'all' && isSame) return { skip: 'delivered', reason: 'it was delivered before as it is now' };
    // Only what this listing finds, too: a file that was moved or corrected replaces the one before.
    if (uri !== info.uri && belongs(listing, uri).kind === 'file' && uri.startsWith(`${listing.prefix}/`)) {
      const there = await store.head(uri);
      if (there?.fingerprint === fingerprint) return { refused: sameBatch(workflowId(file.batch), uri) };
    }
  }
  const id = workflowId(file.batch);
  const state = await executions.state(id);
  const other = batch && otherFileOfBatch(state, batch, info.uri);
  if (other !== undefined) return { refused: sameBatch(id, other) };
  if (state.status === 'running') {
    const by = state.partOf ? `batch ${state.partOf.batch}` : 'somebody else';
    return { skip: 'running', reason: `${id} is running, started by ${by}` };
  }
  const hasFailed = state.status === 'closed' && state.how !== 'COMPLETED';
  if (plan.mode === 'failed' && !hasFailed) return { skip: 'notFailed', reason: 'its last run has not failed' };
  return {};
}

/** A log that is damaged is one file's trouble; in words then, which its own run would fail with, too. */
async function newestManifest(store: ListingPorts['store'], plan: BatchPlan, file: FoundFile) {
  try {
    return (await readNewestCommit(store as ObjectStore, layout(plan.destination, file.batch)))?.manifest;
  } catch (error) {
    const isDamaged = error instanceof StorageError && (error.code === 'Corrupt' || error.code === 'NotFound');
    if (!isDamaged) throw error;
    return `its commit log cannot be read: ${error.uri}: ${error.message}`;
  }
}

/** The file that this very batch has started under the same workflow ID. */
function otherFileOfBatch(
  state: ExecutionState,
  batch: NonNullable<ListFilesInput['batch']>,
  uri: string,
): string | undefined {
  if (state.status === 'unknown' || !state.partOf) return undefined;
  const { partOf } = state;
  return partOf.batch === batch.workflowId && partOf.run === batch.runId && partOf.file !== uri
    ? partOf.file
    : undefined;
}
