import { fieldsOf } from '@etl/lib/reading';
import { workflowTypes } from '@etl/pipeline/definition';
import type { TaskEnd } from '@etl/pipeline/failures/taskEnd';
import { describePurpose, purposeOf } from '@etl/pipeline/launches';
import type { Client } from '@temporalio/client';
import type { LoadedDataConverter, Payload, ProtoFailure } from '@temporalio/common';
import { failureMessage, unreadableMessage } from '../../config/payloads/failureMessage';
import { decoded } from '../decoded';
import type { RunRef } from './readRun';

/** A launch of a run or of one of its shards, with the task that it started. */
export interface RunTask {
  readonly generation: number;
  /** When the launch was requested, in milliseconds since the epoch. */
  readonly requestedAt: number;
  /** `launch 2`, `shard 3/8, launch 1` */
  readonly label: string;
  readonly lane: 'fargate' | 'light';
  /** Absent until a task exists, and in the light lane. */
  readonly taskArn?: string;
  /** How the task ended; absent while it is open. */
  readonly end?: Partial<TaskEnd>;
  /** Why there is no task. */
  readonly failure?: string;
}

/**
 * Reads the launches of a run from its history, in the order of their start. The history is complete for a run that
 * ended in any way; memo and status list only the latest launches.
 */
export async function readTasks(client: Client, { workflowId, runId }: RunRef): Promise<RunTask[]> {
  const converter = client.options.loadedDataConverter;
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const calls = new Map<string, Call>();
  const launches: Launched[] = [];
  const children: RunRef[] = [];
  for (const event of history.events ?? []) {
    const {
      activityTaskScheduledEventAttributes: scheduled,
      activityTaskCompletedEventAttributes: completed,
      activityTaskFailedEventAttributes: failed,
      childWorkflowExecutionStartedEventAttributes: child,
    } = event;
    if (scheduled) {
      const activity = scheduled.activityType?.name ?? '';
      if (!followed.has(activity)) continue;
      const input = fieldsOf(await value(scheduled.input?.payloads, converter));
      calls.set(String(event.eventId), { activity, input });
      if (activity !== 'launchTask' && activity !== 'convertLight') continue;
      launches.push({
        ...{ event: String(event.eventId), input, lane: activity === 'convertLight' ? 'light' : 'fargate' },
        requestedAt: timeOf(event.eventTime),
      });
    } else if (completed) {
      const call = calls.get(String(completed.scheduledEventId));
      if (call) call.result = fieldsOf(await value(completed.result?.payloads, converter));
    } else if (failed) {
      const call = calls.get(String(failed.scheduledEventId));
      if (call && failed.failure) call.failure = await messageOf(failed.failure, converter);
    } else if (child?.workflowType?.name === workflowTypes.shard) {
      const { workflowId: id, runId: run } = child.workflowExecution ?? {};
      if (id && run) children.push({ workflowId: id, runId: run });
    }
  }
  const own = launches.map((launch) => taskOf(launch, calls));
  const ofChildren = await Promise.all(children.map((child) => readTasks(client, child).catch(() => [])));
  return [...own, ...ofChildren.flat()].sort((one, other) => one.requestedAt - other.requestedAt);
}

interface Call {
  readonly activity: string;
  readonly input: Readonly<Record<string, unknown>>;
  result?: Readonly<Record<string, unknown>>;
  failure?: string;
}

interface Launched extends Pick<Call, 'input'> {
  readonly event: string;
  readonly lane: RunTask['lane'];
  readonly requestedAt: number;
}

const followed: ReadonlySet<string> = new Set(['launchTask', 'awaitTask', 'stopTask', 'convertLight']);

function taskOf({ event, input, lane, requestedAt }: Launched, calls: ReadonlyMap<string, Call>): RunTask {
  const { result = {}, failure } = calls.get(event) ?? {};
  const { generation, mode } = input as { generation?: number; mode?: Parameters<typeof purposeOf>[0] };
  const purpose = describePurpose(purposeOf(mode));
  const label = [purpose, `launch ${generation ?? 1}`].filter(Boolean).join(', ');
  const base = { generation: generation ?? 1, requestedAt, label, lane };
  if (lane === 'light')
    return { ...base, ...(calls.get(event)?.result && { end: result }), ...(failure !== undefined && { failure }) };
  const { taskArn, reason } = result as { taskArn?: string; reason?: string };
  const why = failure ?? reason;
  if (taskArn === undefined) return { ...base, ...(why !== undefined && { failure: why }) };
  const ends = [...calls.values()].filter((call) => call.input.taskArn === taskArn && call.result !== undefined);
  const end = ends.at(-1)?.result as Partial<TaskEnd> | undefined;
  return { ...base, taskArn, ...(end && { end }) };
}

const timeOf = (time: { seconds?: unknown; nanos?: number | null } | null | undefined): number =>
  Number(time?.seconds ?? 0) * 1000 + Number(time?.nanos ?? 0) / 1e6;

/** Returns the first value of an activity's input or result; undefined if it cannot be decoded here. */
async function value(payloads: Payload[] | null | undefined, converter: LoadedDataConverter): Promise<unknown> {
  const [payload] = payloads ?? [];
  return payload && decoded(payload, converter).catch(() => undefined);
}

async function messageOf(failure: ProtoFailure, converter: LoadedDataConverter): Promise<string> {
  const cause = failure.cause ?? failure;
  return (await failureMessage(cause, converter).catch(() => undefined)) ?? unreadableMessage;
}
