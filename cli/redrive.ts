import { md, shownAs } from '@etl/lib/text/markdown';
import { resolveBatch } from '@etl/pipeline/batchIdentity';
import { isExcerpt } from '@etl/pipeline/deadLetters/excerpt';
import { taskQueues, workflowTypes } from '@etl/pipeline/definition';
import { parseEvent } from '@etl/pipeline/event';
import type { IntakeRule } from '@etl/pipeline/intake/rule';
import { type Start, startsOf } from '@etl/pipeline/intake/starts';
import { workflowId } from '@etl/pipeline/layout';
import { namedSource } from '@etl/pipeline/plan';
import type { Client } from '@temporalio/client';
import type { DeadLetterBox, KeptLetter } from '../activities/ports';
import { temporalClient } from '../config/temporalClient';
import { detachGroup, dropGroup, type LetterGroup, removeGroup } from './dlq/groups';

/** What a letter can be made to start again, or why it cannot. */
export type Again = { readonly starts: readonly Start[] } | { readonly problem: string };

/**
 * An event of ours starts under the workflow ID that it had, so that it is the same run once more; one without, under the ID that
 * `etl run` gives its batch. News of files is read as the intake reads it.
 */
export function startsAgain(letter: KeptLetter, rule: IntakeRule, rawBase: string | undefined): Again {
  const { event } = letter;
  if (isExcerpt(event)) return { problem: `the letter has an excerpt only: ${event.excerpt.problem}` };
  const parsed = parseEvent(event);
  if (parsed.ok) {
    const sourceUri = namedSource(parsed.detail.s3Key, rawBase);
    const batch = resolveBatch(parsed.detail, sourceUri, rawBase);
    return { starts: [{ workflowId: letter.workflowId ?? workflowId(batch), event, batch, sourceUri }] };
  }
  if (typeof event !== 'object') return { problem: 'it has no event' };
  const { starts, ignored, problems } = startsOf(JSON.stringify(withoutProblem(event)), letter.id, rule, rawBase);
  if (problems.length > 0) return { problem: problems.join('; ') };
  if (starts.length === 0)
    return { problem: `nothing in it is ours: ${ignored.map(({ reason }) => reason).join(', ')}` };
  return { starts };
}

/** News of a landed file without the reason why it could not be read then: it may be readable now. */
function withoutProblem(event: object | null): unknown {
  const { landed } = (event ?? {}) as { landed?: object };
  return landed ? { ...event, landed: { ...landed, problem: undefined } } : event;
}

interface OfLetter {
  readonly id: string;
  readonly workflowIds: readonly string[];
}
export type Redriven =
  /** `running`: the letter stays, since the run that goes on may fail as the one before did. */
  | (OfLetter & { readonly outcome: 'started' | 'wouldStart' | 'running' })
  /** It has failed again since it was listed: the letter of that failure stays. */
  | (OfLetter & { readonly outcome: 'failedAgain' })
  /** Nothing is started for an event that was delivered after it had failed. */
  | (OfLetter & { readonly outcome: 'delivered' | 'wouldRemove' })
  | (OfLetter & { readonly outcome: 'impossible'; readonly problem: string });

/** What would become of an event's letters. */
export function foreseen({ letter: { id }, isDelivered }: LetterGroup, again: Again): Redriven {
  if (isDelivered) return { id, workflowIds: [], outcome: 'wouldRemove' };
  if ('problem' in again) return { id, workflowIds: [], outcome: 'impossible', problem: again.problem };
  return { id, workflowIds: again.starts.map(({ workflowId }) => workflowId), outcome: 'wouldStart' };
}

/**
 * Starts an event again, and only then removes its letters. They are detached before: a run that fails at once leaves a new
 * letter, which is not removed with them. Throws what Temporal or the box throws.
 */
export async function redrive(client: Client, box: DeadLetterBox, group: LetterGroup, again: Again): Promise<Redriven> {
  if ('problem' in again) return foreseen(group, again);
  const { id, workflowIds } = foreseen(group, again);
  const undo = await detachGroup(box, group);
  if (!undo) return { id, workflowIds, outcome: 'failedAgain' };
  let running = false;
  try {
    for (const each of again.starts) if (!(await start(client, each))) running = true;
  } catch (error) {
    await undo();
    throw error;
  }
  if (running) {
    await undo();
    return { id, workflowIds, outcome: 'running' };
  }
  await removeGroup(box, group);
  return { id, workflowIds, outcome: 'started' };
}

/** Removes the letters of an event that was delivered since. */
export async function removeDelivered(box: DeadLetterBox, group: LetterGroup): Promise<Redriven> {
  const isRemoved = await dropGroup(box, group);
  return { id: group.letter.id, workflowIds: [], outcome: isRemoved ? 'delivered' : 'failedAgain' };
}

/** False when a run of that ID goes on. */
async function start(client: Client, { workflowId: id, event, batch, sourceUri }: Start): Promise<boolean> {
  try {
    await client.workflow.start(workflowTypes.pipeline, {
      workflowId: id,
      taskQueue: taskQueues.main,
      args: [event],
      ...shownAs(`${batch.source}, ${batch.batchDate}`, md`${sourceUri}, from the dead letters`),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
    });
    return true;
  } catch (error) {
    if (error instanceof temporalClient().WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
