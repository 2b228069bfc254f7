import type { Task } from '@aws-sdk/client-ecs';
import type { ContainerRecord, TaskState } from './records';
import { epochSeconds, type Wire } from './wire';

/** A task's status now. Source: Amazon ECS Developer Guide, task lifecycle. */
export function lastStatus(state: TaskState, now: number): string {
  const { record, programs, stop } = state;
  const stopped = stoppedAt(state);
  if (stopped !== undefined) return now < stopped ? (record.stuckStop?.status ?? 'DEPROVISIONING') : 'STOPPED';
  if (programs) return stop ? 'STOPPING' : 'RUNNING';
  return now < record.createdAt + record.timings.provisioningMs ? 'PROVISIONING' : 'PENDING';
}

/** What ECS wants the task to be: STOPPED from the moment anything ends it. */
export function desiredStatus({ stop, end }: TaskState): 'RUNNING' | 'STOPPED' {
  return stop || end ? 'STOPPED' : 'RUNNING';
}

/** When the task was or will be STOPPED, in milliseconds; undefined for one that has not ended. */
export function stoppedAt({ record, end, release }: TaskState): number | undefined {
  return end && Math.min(end.at + record.timings.deprovisioningMs, release?.at ?? Number.POSITIVE_INFINITY);
}

/** Whether the task is one of those that ECS has forgotten, `stoppedTaskMs` after they stopped. */
export function isForgotten(state: TaskState, now: number, stoppedTaskMs: number): boolean {
  const stopped = stoppedAt(state);
  const keptMs = Math.min(stoppedTaskMs, state.record.hidden?.afterStopMs ?? Infinity);
  return stopped !== undefined && now >= stopped + keptMs;
}

/** The task as DescribeTasks gives it at the time `now` (milliseconds); tags only when asked for. */
export function describeTask(state: TaskState, now: number, withTags: boolean): Wire<Task> {
  const { record, stop } = state;
  const { tags, ...description } = record.description;
  const status = lastStatus(state, now);
  const desired = desiredStatus(state);
  return {
    ...description,
    lastStatus: status,
    desiredStatus: desired,
    connectivity: state.programs && status !== 'STOPPED' ? 'CONNECTED' : 'DISCONNECTED',
    healthStatus: 'UNKNOWN',
    containers: record.containers.map((container) => describeContainer(container, state, status)),
    attachments: (description.attachments ?? []).map((attachment) => ({
      ...attachment,
      status: attachmentStatus(state, status),
    })),
    ...times(state, status),
    ...(stop && { stopCode: stop.stopCode, stoppedReason: stop.reason }),
    tags: withTags ? (tags ?? []) : [],
  };
}

/** What RunTask gives for the client token of a task that has stopped meanwhile. */
export function describeStopped(state: TaskState): Wire<Task> {
  return { taskArn: state.record.description.taskArn, lastStatus: 'STOPPED', desiredStatus: 'STOPPED' };
}

function times(state: TaskState, status: string): Wire<Task> {
  const { record, programs, stop, end } = state;
  const stopped = stoppedAt(state);
  const pullStartedAt = record.createdAt + record.timings.provisioningMs;
  return {
    ...(status !== 'PROVISIONING' && (programs || !stop) && { pullStartedAt: epochSeconds(pullStartedAt) }),
    ...(programs && {
      pullStoppedAt: epochSeconds(Math.max(pullStartedAt, programs.startedAt)),
      connectivityAt: epochSeconds(programs.startedAt),
      startedAt: epochSeconds(programs.startedAt),
    }),
    ...(stop && { stoppingAt: epochSeconds(stop.at) }),
    ...(end && { executionStoppedAt: epochSeconds(end.at) }),
    ...(stopped !== undefined && status === 'STOPPED' && { stoppedAt: epochSeconds(stopped) }),
  };
}

/** The container in a task of this status. */
export function describeContainer(container: ContainerRecord, state: TaskState, status: string) {
  const { programs, end } = state;
  const ended = (end?.containers ?? state.ended ?? []).find(({ name }) => name === container.name);
  return {
    ...container.description,
    lastStatus: end || ended || status === 'STOPPED' ? 'STOPPED' : programs ? 'RUNNING' : 'PENDING',
    ...(ended?.exitCode !== undefined && { exitCode: ended.exitCode }),
    ...(ended?.reason !== undefined && { reason: ended.reason }),
  };
}

function attachmentStatus({ programs, end }: TaskState, status: string): string {
  if (status === 'STOPPED') return 'DELETED';
  if (end) return 'DETACHING';
  if (programs) return 'ATTACHED';
  return status === 'PROVISIONING' ? 'PRECREATED' : 'ATTACHED';
}
