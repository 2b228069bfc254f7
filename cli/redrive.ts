import { md, shownAs } from '@etl/lib/text/markdown';
import { isExcerpt } from '@etl/pipeline/deadLetters/excerpt';
import { taskQueues, workflowTypes } from '@etl/pipeline/definition';
import { parseEvent } from '@etl/pipeline/event';
import type { IntakeRule } from '@etl/pipeline/intake/rule';
import { batchOfEvent, type Start, startsOf } from '@etl/pipeline/intake/starts';
import { workflowId } from '@etl/pipeline/layout';
import { namedSource } from '@etl/pipeline/plan';
import { attributesOfBatch } from '@etl/pipeline/searchAttributes';
import type { Client } from '@temporalio/client';
import type { DeadLetterBox, KeptLetter } from '../activities/ports';
import { startWithAttributes } from '../config/searchAttributes';
import { temporalClient } from '../config/temporalClient';
import { detachGroup, dropGroup, type LetterGroup, removeGroup } from './dlq/groups';

/** The pipelines that a redrive of a letter starts, or why it cannot be redriven. */
export type RedrivePlan = { readonly starts: readonly Start[] } | { readonly problem: string };

/**
 * Returns the pipelines that a redrive of a letter starts. A pipeline event starts under its previous workflow ID, so that it
 * repeats the same run; without one, under the ID that `etl run` uses for its batch. Messages about landed files are
 * parsed as the intake does.
 */
export function planRedrive(letter: KeptLetter, rule: IntakeRule, rawBase: string | undefined): RedrivePlan {
  const { event } = letter;
  if (isExcerpt(event))
    return { problem: `the letter contains only an excerpt of its event: ${event.excerpt.problem}` };
  const parsed = parseEvent(event);
  if (parsed.ok) {
    const sourceUri = namedSource(parsed.detail.s3Key, rawBase);
    const batch = batchOfEvent(parsed.detail, sourceUri, rule, rawBase);
    return { starts: [{ workflowId: letter.workflowId ?? workflowId(batch), event, batch, sourceUri }] };
  }
  if (typeof event !== 'object') return { problem: 'the letter has no event' };
  const { starts, ignored, problems } = startsOf(JSON.stringify(withoutProblem(event)), letter.id, rule, rawBase);
  if (problems.length > 0) return { problem: problems.join('; ') };
  if (starts.length === 0)
    return {
      problem: `its message contains no file for the intake: ${ignored.map(({ reason }) => reason).join(', ')}`,
    };
  return { starts };
}

/** Removes the earlier read problem from a landed file's message, because the file may be readable now. */
function withoutProblem(event: object | null): unknown {
  const { landed } = (event ?? {}) as { landed?: object };
  return landed ? { ...event, landed: { ...landed, problem: undefined } } : event;
}

interface OfLetter {
  readonly id: string;
  readonly workflowIds: readonly string[];
}
export type Redriven =
  /** `running`: the letter stays, because the current run may fail like the one before. */
  | (OfLetter & { readonly outcome: 'started' | 'wouldStart' | 'running' })
  /** The event has failed again since it was listed: the letter of that failure stays. */
  | (OfLetter & { readonly outcome: 'failedAgain' })
  /** The event was delivered after its failure: nothing is started. */
  | (OfLetter & { readonly outcome: 'delivered' | 'wouldRemove' })
  | (OfLetter & { readonly outcome: 'impossible'; readonly problem: string });

/** Returns the outcome of a redrive without performing it. */
export function previewRedrive({ letter: { id }, isDelivered }: LetterGroup, plan: RedrivePlan): Redriven {
  if (isDelivered) return { id, workflowIds: [], outcome: 'wouldRemove' };
  if ('problem' in plan) return { id, workflowIds: [], outcome: 'impossible', problem: plan.problem };
  return { id, workflowIds: plan.starts.map(({ workflowId }) => workflowId), outcome: 'wouldStart' };
}

/**
 * Starts an event again, then removes its letters. The letters are detached before the start: a run that fails at once
 * leaves a new letter, which must not be removed with them. Throws the errors of Temporal and of the box.
 */
export async function redrive(
  client: Client,
  box: DeadLetterBox,
  group: LetterGroup,
  plan: RedrivePlan,
): Promise<Redriven> {
  if ('problem' in plan) return previewRedrive(group, plan);
  const { id, workflowIds } = previewRedrive(group, plan);
  const undo = await detachGroup(box, group);
  if (!undo) return { id, workflowIds, outcome: 'failedAgain' };
  let running = false;
  try {
    for (const each of plan.starts) if (!(await start(client, each))) running = true;
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

/** Removes the letters of an event that was delivered since it failed. */
export async function removeDelivered(box: DeadLetterBox, group: LetterGroup): Promise<Redriven> {
  const isRemoved = await dropGroup(box, group);
  return { id: group.letter.id, workflowIds: [], outcome: isRemoved ? 'delivered' : 'failedAgain' };
}

/** Starts a pipeline. Returns false when a run with this ID is already running. */
async function start(client: Client, { workflowId: id, event, batch, sourceUri }: Start): Promise<boolean> {
  try {
    await startWithAttributes(client, attributesOfBatch(batch), (attributes) =>
      client.workflow.start(workflowTypes.pipeline, {
        workflowId: id,
        taskQueue: taskQueues.main,
        args: [event],
        ...shownAs(`${batch.source}, ${batch.batchDate}`, md`${sourceUri}, redriven from a dead letter`),
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'FAIL',
        ...attributes,
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof temporalClient().WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
