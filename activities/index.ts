import { setTimeout as delay } from 'node:timers/promises';
import { composeMessage } from '@etl/pipeline/messages';
import { activityInfo, Context, heartbeat } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { awaitRuns } from './awaitRuns';
import { awaitTask } from './awaitTask';
import { classified } from './classified';
import { confirmCommit } from './confirmCommit';
import type { CommitQuery, EtlActivities } from './contract';
import { convertLight } from './convertLight';
import { createDescriber, defaultLimit } from './describer';
import { findOrphans } from './findOrphans';
import { tagNames } from './identity';
import { launchTask } from './launchTask';
import { listFiles } from './listFiles';
import { liveTasks } from './liveTasks';
import { planBatch } from './planBatch';
import type { Ports } from './ports';
import { recordResults } from './recordResults';
import { stopTask } from './stopTask';
import { type ValidationSettings, validateInput } from './validateInput';

export interface ActivitySettings extends ValidationSettings {
  /** Address of the Web UI, for links in messages. */
  readonly uiUrl: string | undefined;
  /** Between two looks at a running task. */
  readonly pollSeconds: number;
}

/** A task that starts or stops is looked at so many times as often as one that runs. */
const fastPolls = 5;
/** How long DescribeTasks may take to know a task. */
const unknownGraceSeconds = 60;
const minUnknownGraceSeconds = 2;
const minTickSeconds = 0.05;

/** The activities over their ports. Only this file knows Temporal: what it calls is plain code. */
export function createActivities(ports: Ports, settings: ActivitySettings): EtlActivities {
  const tickSeconds = Math.max((settings.pollSeconds * settings.timeScale) / fastPolls, minTickSeconds);
  const describer = createDescriber(ports.tasks, { tickSeconds, slowEvery: fastPolls, limit: defaultLimit });
  const grace = Math.max(unknownGraceSeconds * settings.timeScale, minUnknownGraceSeconds);
  const waiting = (note: (details: object) => void) => ({
    describer,
    store: ports.store,
    taskLogs: ports.taskLogs,
    note,
    now: Date.now,
    signal: Context.current().cancellationSignal,
    unknownGraceSeconds: grace,
  });
  return {
    validateInput: ({ event }) => classified(validateInput(ports.store, settings, event)),
    launchTask: (input) => {
      const { namespace } = activityInfo();
      return classified(launchTask({ tasks: ports.tasks, store: ports.store, namespace }, input));
    },
    awaitTask: (input) => {
      const { workflowId, runId } = input.run;
      const report = (progress: Parameters<Ports['progress']['report']>[2]) =>
        ports.progress.report(workflowId, runId, progress);
      return beating((note) => orRetryElsewhere(awaitTask({ ...waiting(note), report }, input)));
    },
    stopTask: (input) => beating((note) => orRetryElsewhere(stopTask(ports.tasks, waiting(note), input))),
    findTasks: async ({ run }) => {
      const live = await liveTasks(ports.tasks, run.workflowId);
      return live.filter(({ tags }) => tags[tagNames.runId] === run.runId).map(({ taskArn }) => taskArn);
    },
    findOrphans: ({ graceSeconds }) => {
      const { tasks, executions } = ports;
      const { namespace } = activityInfo();
      return beating((note) => findOrphans({ tasks, executions, namespace, graceSeconds, now: Date.now, note }));
    },
    convertLight: (input) => {
      const { cancellationSignal: signal } = Context.current();
      const lightly = { converter: ports.light, store: ports.store, signal };
      return classified(beating(() => untilOver(convertLight(lightly, input))));
    },
    planBatch: (input) => classified(planBatch(ports.store, settings, input)),
    listFiles: (input) => beating(() => classified(listFiles(ports, input))),
    awaitRuns: ({ runs }) =>
      beating(() => orRetryElsewhere(awaitRuns(ports.executions, runs, Context.current().cancellationSignal))),
    recordResults: (input) => classified(recordResults(ports.store, input)),
    confirmWork: async ({ uri }) => (await classified(ports.store.head(uri))) !== undefined,
    confirmCommit: async (query) => {
      const answer = await classified(confirmCommit(ports.store, query));
      if (answer.kind === 'delivered') await removeLetter(ports.deadLetters, query);
      return answer;
    },
    notify: async ({ outcome, subject }) => {
      const { namespace } = activityInfo();
      const url = settings.uiUrl && runUrl(settings.uiUrl, namespace, subject.workflowId, subject.runId);
      return { messageId: await classified(ports.notifier.publish(composeMessage(outcome, subject, url))) };
    },
    sendToDeadLetters: async (letter) => ({ letterId: await classified(ports.deadLetters.send(letter)) }),
  };
}

/** A delivery does not wait longer for the letter of an earlier failure to be found. */
const letterPatienceMs = 12_000;

/** Best effort: a letter that stays is one too many in a list. */
async function removeLetter(deadLetters: Ports['deadLetters'], { plan, run }: CommitQuery): Promise<void> {
  if (plan.letterKey === undefined) return;
  const { log } = Context.current();
  const removed = deadLetters.delivered(plan.letterKey, new Date(run.startedAt)).catch(({ message }: Error) => {
    log.warn('the dead letter of an event that is delivered stays', { error: message });
  });
  await Promise.race([removed, delay(letterPatienceMs, undefined, { ref: false })]);
}

/** The run's page in the Web UI. */
export function runUrl(uiUrl: string, namespace: string, workflowId: string, runId: string): string {
  const path = ['namespaces', namespace, 'workflows', workflowId, runId, 'history'].map(encodeURIComponent).join('/');
  return `${uiUrl.replace(/\/+$/, '')}/${path}`;
}

/**
 * A worker that shuts down cancels its activities too. Thrown on as a cancellation, that would reach the workflow as
 * the user's; as a failure that may be retried, another worker goes on waiting for the same task.
 */
async function orRetryElsewhere<T>(work: Promise<T>): Promise<T> {
  try {
    return await Promise.race([work, Context.current().cancelled]);
  } catch (error) {
    if (error instanceof CancelledFailure && Context.current().cancellationDetails?.workerShutdown) {
      throw workerShutdown('this worker is shutting down; another one goes on waiting');
    }
    throw error;
  }
}

function workerShutdown(message: string): ApplicationFailure {
  return ApplicationFailure.create({ message, type: 'WorkerShutdown', nonRetryable: false });
}

/** What a worker that shuts down gives a conversion to end with a checkpoint, in seconds. */
const conversionPatienceSeconds = 8;

/**
 * A conversion that is cancelled is waited for, and its end counts no more. A worker that shuts down does not wait for long: it
 * is a failure then, and not the user's cancellation.
 */
async function untilOver<T>(work: Promise<T>): Promise<T> {
  const context = Context.current();
  try {
    return await Promise.race([work, context.cancelled]);
  } catch (error) {
    if (!(error instanceof CancelledFailure)) throw error;
    const over = work.catch(() => undefined);
    if (!context.cancellationDetails?.workerShutdown) {
      await over;
      throw error;
    }
    await Promise.race([over, delay(conversionPatienceSeconds * 1000, undefined, { ref: false })]);
    throw workerShutdown('this worker is shutting down; how the conversion ended nobody knows');
  }
}

/**
 * Heartbeats at a steady pace beside the work, whether or not ECS answers: they say that this worker lives, and the
 * details where it is.
 */
async function beating<T>(work: (note: (details: object) => void) => Promise<T>): Promise<T> {
  let details: object | undefined;
  const { heartbeatTimeoutMs = 30_000 } = activityInfo();
  const timer = setInterval(() => heartbeat(details), heartbeatTimeoutMs / 4);
  try {
    return await work((next) => {
      details = next;
    });
  } finally {
    clearInterval(timer);
  }
}
