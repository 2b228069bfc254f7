import { createHash } from 'node:crypto';
import type { RunIdentity } from './contract';

const hash = (...parts: (string | number)[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 48);

/**
 * ECS client token (at most 64 characters). From the launch alone, never from Temporal's attempt number: an activity
 * that is tried again finds the task of its first try; only a new generation is a new task.
 */
export function clientToken(run: RunIdentity, generation: number): string {
  return hash(run.workflowId, run.runId, 'transform', generation);
}

/** ECS `startedBy` (letters, digits, - / _; at most 128): the same for every run of a workflow ID. */
export function startedBy(workflowId: string): string {
  return `etl-${hash(workflowId)}`;
}

/** By these a task is recognised as ours; values hold what ECS allows in tags. */
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

/** As much of a text as a tag can hold. Source: ECS API, Tag. */
export function tagValue(text: string): string {
  return text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_').slice(0, 256);
}
