import type { Client } from '@temporalio/client';
import { temporalClient } from '../../config/temporalClient';
import type { RunRef } from './readRun';

/** The run that a text names, or the workflow IDs that it may name. */
export type FoundRun = RunRef | { readonly candidates: readonly string[] };

/** Candidates that are listed at most. */
const maxCandidates = 20;

/**
 * Finds a run by its workflow ID, its run ID, or `dataset/date/source`, whose end may be missing. A text that begins
 * several workflow IDs is ambiguous. Without a match, there are no candidates.
 */
export async function findRun(client: Client, text: string): Promise<FoundRun> {
  const short = text.trim().replace(/\s+/g, '/');
  for (const id of [text.trim(), `etl/${short}`]) if (await exists(client, id)) return { workflowId: id };
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(short)) {
    for await (const { workflowId, runId } of client.workflow.list({ query: `RunId = '${short}'` }))
      return { workflowId, runId };
  }
  const candidates = new Set<string>();
  const query = [`etl/${short}`, short].map((prefix) => `WorkflowId STARTS_WITH '${prefix.replaceAll("'", "''")}'`);
  for await (const { workflowId } of client.workflow.list({ query: query.join(' OR ') })) {
    if (!shardId.test(workflowId)) candidates.add(workflowId);
    if (candidates.size > maxCandidates) break;
  }
  const [only, ...others] = candidates;
  return only !== undefined && others.length === 0 ? { workflowId: only } : { candidates: [...candidates].sort() };
}

/** Matches the workflow IDs of shards, which are parts of a run. */
const shardId = /\/shard-\d+-of-\d+$/;

async function exists(client: Client, id: string): Promise<boolean> {
  try {
    await client.workflow.getHandle(id).describe();
    return true;
  } catch (error) {
    if (error instanceof temporalClient().WorkflowNotFoundError) return false;
    throw error;
  }
}
