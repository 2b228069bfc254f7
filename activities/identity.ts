import { createHash } from 'node:crypto';
import type { RunIdentity } from './contract';

const hash = (...parts: (string | number)[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 48);

/**
 * Returns the ECS client token (at most 64 characters). Derived from the launch, never from Temporal's attempt number:
 * a retried activity finds the task of its first attempt, and only a new generation starts a new task.
 */
export function clientToken(run: RunIdentity, generation: number): string {
  return hash(run.workflowId, run.runId, 'transform', generation);
}

/**
 * Returns the client token of a sink's statement (at most 64 characters): the same for all attempts of an activity.
 * `attempt`: application of the commit by this run, 1, 2, …
 */
export function sinkToken(run: RunIdentity, sink: string, commit: number, attempt: number): string {
  return hash(run.workflowId, run.runId, 'sink', sink, commit, attempt);
}

/**
 * Returns the ECS `startedBy` (letters, digits, - / _; at most 128), which is the same for every run of a workflow ID.
 */
export function startedBy(workflowId: string): string {
  return `etl-${hash(workflowId)}`;
}

/** Tags that identify our tasks. Values contain only characters that ECS allows in tags. */
export const tagNames = {
  namespace: 'etl:namespace',
  workflowId: 'etl:workflow-id',
  runId: 'etl:run-id',
  generation: 'etl:generation',
} as const;

export function tags(namespace: string, run: RunIdentity, generation: number): Record<string, string> {
  return {
    [tagNames.namespace]: tagValue(namespace),
    [tagNames.workflowId]: tagValue(run.workflowId),
    [tagNames.runId]: run.runId,
    [tagNames.generation]: String(generation),
  };
}

/**
 * Replaces the characters that a tag cannot contain, and truncates the text to 256 characters.
 * @see Amazon ECS API, Tag
 */
export function tagValue(text: string): string {
  return text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_').slice(0, 256);
}
