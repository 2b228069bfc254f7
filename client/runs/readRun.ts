import type { CommandText } from '@etl/pipeline/command';
import { messageNames } from '@etl/pipeline/definition';
import { sumOfProgress } from '@etl/pipeline/progress';
import { nextOf } from '@etl/pipeline/runs/next';
import type { FailureFacts, PendingCall, RunFacts } from '@etl/pipeline/runs/runFacts';
import type { RunView } from '@etl/pipeline/runs/runView';
import { runViewOf } from '@etl/pipeline/runs/viewOf';
import type { Client, WorkflowExecutionDescription, WorkflowExecutionInfo } from '@temporalio/client';
import { failureMessage, unreadableMessage } from '../../config/payloads/failureMessage';
import { temporalClient } from '../../config/temporalClient';
import { decoded } from '../decoded';
import { createReportReader } from '../taskReports';

/** A run, or the newest run of a workflow ID. */
export interface RunRef {
  readonly workflowId: string;
  readonly runId?: string;
}

/** Longest time in milliseconds that a worker may take to answer a query. Without a worker, the view lacks the step. */
const queryMs = 2000;

/**
 * Reads a run from Temporal and returns its view. Works without a worker and for a run that ended in any way.
 *
 * @throws {WorkflowNotFoundError}
 */
export async function readRun(client: Client, run: RunRef, command?: CommandText): Promise<RunView> {
  const view = runViewOf(await readFacts(client, run), command);
  return { ...view, problems: await Promise.all(view.problems.map((file) => withEvent(client, file, command))) };
}

/** Returns the view of a file of a batch with the command that its own run shows: the batch does not know the event. */
async function withEvent(client: Client, file: RunView, command?: CommandText): Promise<RunView> {
  const next = nextOf(file, { input: await readInput(client, file) }, command);
  return { ...file, ...(next && { next }) };
}

/**
 * Reads all that Temporal knows of a run.
 *
 * @throws {WorkflowNotFoundError}
 */
export async function readFacts(client: Client, { workflowId, runId }: RunRef): Promise<RunFacts> {
  const description = await client.workflow.getHandle(workflowId, runId).describe();
  const facts = factsOf(description);
  const input = await readInput(client, facts);
  const common = { ...facts, ...(input !== undefined && { input }) };
  return {
    ...common,
    ...(await (facts.endedAt === undefined ? openFacts(client, description) : endFacts(client, facts))),
  };
}

/** Returns what a list of workflows shows of a run. */
export function factsOf(info: Omit<WorkflowExecutionInfo, 'raw'>): RunFacts {
  const { type, workflowId, runId, status, startTime, closeTime, memo } = info;
  return {
    workflowType: type,
    workflowId,
    runId,
    status: status.name,
    startedAt: startTime.toISOString(),
    ...(closeTime && { endedAt: closeTime.toISOString() }),
    ...(memo && { memo }),
  };
}

/** Returns the answer of an open run to the query `status`, or that no worker answered in time. */
export async function askStatus(
  client: Client,
  { workflowId, runId }: RunRef,
): Promise<Pick<RunFacts, 'answer' | 'isUnanswered'>> {
  try {
    const handle = client.workflow.getHandle(workflowId, runId);
    return { answer: await client.withDeadline(Date.now() + queryMs, () => handle.query(messageNames.status)) };
  } catch {
    return { isUnanswered: true };
  }
}

async function openFacts(client: Client, description: WorkflowExecutionDescription): Promise<Partial<RunFacts>> {
  const handle = client.workflow.getHandle(description.workflowId, description.runId);
  const [asked, pending, reports] = await Promise.all([
    askStatus(client, description),
    pendingCalls(client, description),
    createReportReader(handle)(description).catch(() => []),
  ]);
  const progress = sumOfProgress(reports.flatMap((report) => report.progress ?? []));
  return { ...asked, pending, ...(progress && { progress }) };
}

async function pendingCalls(client: Client, { raw }: WorkflowExecutionDescription): Promise<PendingCall[]> {
  const converter = client.options.loadedDataConverter;
  return Promise.all(
    (raw.pendingActivities ?? []).map(async ({ activityType, attempt, lastFailure, nextAttemptScheduleTime }) => {
      const reason = lastFailure ? await failureMessage(lastFailure, converter).catch(() => undefined) : undefined;
      const failureType = lastFailure?.applicationFailureInfo?.type ?? undefined;
      const at = Number(nextAttemptScheduleTime?.seconds ?? 0) * 1000;
      return {
        activity: activityType?.name ?? '',
        attempt: attempt ?? 1,
        ...(at > 0 && { retryAt: new Date(at).toISOString() }),
        ...(failureType && { failureType }),
        ...(lastFailure && { reason: reason ?? unreadableMessage }),
      };
    }),
  );
}

/** Reads the end of a closed run. */
async function endFacts(
  client: Client,
  { workflowId, runId }: RunFacts,
): Promise<Pick<RunFacts, 'result' | 'failure'>> {
  try {
    const handle = client.workflow.getHandle(workflowId, runId, { followRuns: false });
    return { result: await handle.result() };
  } catch (error) {
    const { WorkflowFailedError } = temporalClient();
    return error instanceof WorkflowFailedError ? { failure: failureOf(error) } : {};
  }
}

function failureOf({ cause, message }: Error): FailureFacts {
  const { ApplicationFailure, TerminatedFailure } = temporalClient();
  if (cause instanceof ApplicationFailure) {
    const [evidence] = cause.details ?? [];
    return {
      ...(cause.type && { type: cause.type }),
      message: cause.message,
      ...(evidence !== undefined && { evidence }),
    };
  }
  // A reason that an operator gave, or nothing.
  if (cause instanceof TerminatedFailure) return { message: cause.message };
  return { message: cause instanceof Error ? cause.message : message };
}

/**
 * Reads the first argument of a run, of the newest one without a run ID; undefined if it cannot be read or decoded.
 */
export async function readInput(client: Client, { workflowId, runId }: Required<RunRef>): Promise<unknown> {
  try {
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    });
    const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
    const [payload] = started?.input?.payloads ?? [];
    return payload && (await decoded(payload, client.options.loadedDataConverter));
  } catch {
    return undefined;
  }
}
