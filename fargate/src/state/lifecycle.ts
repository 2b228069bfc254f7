import type { Task } from '@aws-sdk/client-ecs';
import { epochSeconds, type Wire } from '../api/wire';
import type { ContainerRecord, TaskState } from './records';

/** Returns the task's status at the time `now`. @see Amazon ECS Developer Guide, Amazon ECS task lifecycle */
export function lastStatus(state: TaskState, now: number): string {
  const { record, programs, stop } = state;
  const stopped = stoppedAt(state);
  if (stopped !== undefined) return now < stopped ? (record.stuckStop?.status ?? 'DEPROVISIONING') : 'STOPPED';
  if (programs) return stop ? 'STOPPING' : 'RUNNING';
  return now < record.createdAt + record.timings.provisioningMs ? 'PROVISIONING' : 'PENDING';
}

/** Returns the desired status: STOPPED as soon as anything ends the task. */
export function desiredStatus({ stop, end }: TaskState): 'RUNNING' | 'STOPPED' {
  return stop || end ? 'STOPPED' : 'RUNNING';
}

/**
 * Returns when the task became or will become STOPPED, in milliseconds since the epoch. Returns undefined for a task
 * that has not ended.
 */
export function stoppedAt({ record, end, release }: TaskState): number | undefined {
  return end && Math.min(end.at + record.timings.deprovisioningMs, release?.at ?? Number.POSITIVE_INFINITY);
}

/** Returns whether ECS has forgotten the task, `stoppedTaskMs` after it stopped. */
export function isForgotten(state: TaskState, now: number, stoppedTaskMs: number): boolean {
  const stopped = stoppedAt(state);
  const keptMs = Math.min(stoppedTaskMs, state.record.hidden?.afterStopMs ?? Infinity);
  return stopped !== undefined && now >= stopped + keptMs;
}

/**
 * Returns the task as DescribeTasks describes it at the time `now` (milliseconds). Tags are included only on request.
 */
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

/** Returns what RunTask returns for the client token of a task that has since stopped. */
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

/** Describes a container of a task in this status. */
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
