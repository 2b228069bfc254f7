import { summary } from '@etl/lib/text/markdown';
import {
  type AttributeName,
  type AttributePair,
  type AttributeValues,
  attributePairs,
} from '@etl/pipeline/searchAttributes';
import { CancellationScope, patched, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { registeredAttributes } from './activities';

/** Patch IDs: runs started by an earlier version keep the earlier behaviour. */
const patches = { set: 'search-attributes' } as const;

/**
 * Sets those search attributes of this run that the server has registered. It bills two actions, so runs call it once,
 * at their end. `why`: summary of the look-up in the Web UI.
 *
 * The server rejects every workflow task with an unregistered attribute. The look-up is a local activity, because it is
 * recorded by the same workflow task: if that task is rejected, the retry looks the attributes up again.
 */
export async function setAttributes(values: AttributeValues, why: string): Promise<void> {
  const pairs = (await registeredOf(values, why)) ?? [];
  if (pairs.length > 0) upsertSearchAttributes(pairs);
}

/** Removes the outcome `held`: the run goes on. */
export async function removeOutcome(): Promise<void> {
  const pairs = (await registeredOf({ EtlOutcome: 'held' }, 'approved')) ?? [];
  for (const { key } of pairs) upsertSearchAttributes([{ key: { name: key.name, type: 'KEYWORD' }, value: null }]);
}

/**
 * Returns the registered ones of the attributes, for a command of the same workflow task: see `setAttributes`. Returns
 * undefined in a run of an earlier version, whose next command must not wait for a promise.
 */
export function registeredOf(values: AttributeValues, why: string): Promise<AttributePair[]> | undefined {
  if (!patched(patches.set)) return undefined;
  return registered(why).then((names) => attributePairs(values, names));
}

/** The look-up of the current workflow task, which the starts of many files share. */
let latest: { readonly task: number; readonly names: Promise<readonly AttributeName[]> } | undefined;

function registered(why: string): Promise<readonly AttributeName[]> {
  const task = workflowInfo().historyLength;
  if (latest?.task !== task) latest = { task, names: lookUp(why) };
  return latest.names;
}

async function lookUp(why: string): Promise<readonly AttributeName[]> {
  try {
    return await CancellationScope.nonCancellable(() =>
      registeredAttributes.executeWithOptions({ summary: summary(why) }, []),
    );
  } catch {
    // A run does not depend on its search attributes.
    return [];
  }
}
