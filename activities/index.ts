import { setTimeout as delay } from 'node:timers/promises';
import { trimSlashes } from '@etl/lib/uri';
import { credentials, transform } from '@etl/pipeline/definition';
import { composeMessage } from '@etl/pipeline/messages/compose';
import type { MessageLanguage } from '@etl/pipeline/messages/languages';
import { activityInfo, Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { awaitRuns } from './awaitRuns';
import { awaitTask } from './awaitTask';
import { classified } from './classified';
import { confirmCommit } from './confirmCommit';
import type { CommitQuery, EtlActivities, RunIdentity } from './contract';
import { convertLight } from './convertLight';
import { withCredentialRetries } from './credentialRetries';
import { createDescriber, type DescriberSettings } from './describer';
import { findOrphans } from './findOrphans';
import { type Note, withHeartbeat } from './heartbeat';
import { tagNames } from './identity';
import { launchTask } from './launchTask';
import { listFiles } from './listFiles';
import { liveTasks } from './liveTasks';
import { planBatch } from './planBatch';
import type { Ports } from './ports';
import { createProgressReader, everyQuarter } from './progressReader';
import { recordResults } from './recordResults';
import { looksPerReport } from './reportPace';
import { stopTask } from './stopTask';
import { type ValidationSettings, validateInput } from './validateInput';
import { measureWait } from './waited';

export interface ActivitySettings extends ValidationSettings {
  /** Address of the Web UI, for links in messages. */
  readonly uiUrl: string | undefined;
  readonly messageLanguage: MessageLanguage;
  /** Between two looks at a task, while one worker's calls suffice for all its tasks. */
  readonly pollSeconds: number;
  /** Refused AWS credentials are retried for so long. @default credentials.retrySeconds */
  readonly credentialSeconds?: number;
}

/** Shorter intervals than these do not pay, however far they are scaled. */
const minLookMs = 50;
const minCallMs = 100;
const minReportSeconds = 0.5;
/** How long DescribeTasks may take to know a task. */
const unknownGraceSeconds = 60;
const minUnknownGraceSeconds = 2;
/** How long ECS may take to report a task STOPPED whose container has ended: the record of its end is complete then. */
const endGraceSeconds = 10;
const minEndGraceSeconds = 1;

/** The activities over their ports. Only this file knows Temporal: what it calls is plain code. */
export function createActivities(ports: Ports, settings: ActivitySettings): EtlActivities {
  const { pollSeconds, timeScale, credentialSeconds = credentials.retrySeconds } = settings;
  const describer = createDescriber(ports.tasks, describerSettings(pollSeconds, timeScale));
  const leastSeconds = Math.max(pollSeconds * timeScale * looksPerReport, minReportSeconds);
  const progress = createProgressReader(ports.store, { leastSeconds });
  const grace = Math.max(unknownGraceSeconds * timeScale, minUnknownGraceSeconds);
  const waiting = (note: Note) => ({
    describer,
    progress,
    taskLogs: ports.taskLogs,
    note,
    now: () => performance.now(),
    signal: Context.current().cancellationSignal,
    unknownGraceSeconds: grace,
    endGraceSeconds: Math.max(endGraceSeconds * timeScale, minEndGraceSeconds),
  });
  const updateWorkflow = ({ workflowId, runId }: RunIdentity, generation: number) =>
    everyQuarter(
      (read) => ports.progress.report(workflowId, runId, { generation, progress: read }),
      transform.progressUpdateSeconds * timeScale,
    );
  const activities: EtlActivities = {
    validateInput: ({ event }) => classified(validateInput(ports.store, settings, event)),
    launchTask: (input) => {
      const { namespace } = activityInfo();
      return classified(launchTask({ tasks: ports.tasks, store: ports.store, namespace }, input));
    },
    awaitTask: (input) => {
      const onProgress = updateWorkflow(input.run, input.generation);
      const waited = measureWait(activityInfo().heartbeatDetails);
      const wait = (note: Note) => awaitTask({ ...waiting(note), onProgress, waitedSeconds: waited.before }, input);
      return withHeartbeat((note) => orRetryElsewhere(classified(wait(note))), waited.details);
    },
    stopTask: (input) =>
      withHeartbeat((note) => orRetryElsewhere(classified(stopTask(ports.tasks, waiting(note), input)))),
    findTasks: async ({ run }) => {
      const live = await classified(liveTasks(ports.tasks, run.workflowId));
      return live.filter(({ tags }) => tags[tagNames.runId] === run.runId).map(({ taskArn }) => taskArn);
    },
    findOrphans: ({ graceSeconds }) => {
      const { tasks, executions } = ports;
      // The server's clock, which the ends of workflows are told by too.
      const { namespace, currentAttemptScheduledTimestampMs } = activityInfo();
      const search = { tasks, executions, namespace, graceSeconds, now: () => currentAttemptScheduledTimestampMs };
      return withHeartbeat((note) => classified(findOrphans({ ...search, note })));
    },
    convertLight: (input) => {
      const { cancellationSignal: signal } = Context.current();
      const onProgress = updateWorkflow(input.run, input.generation);
      const lightly = { converter: ports.light, store: ports.store, progress, onProgress, signal, credentialSeconds };
      return classified(withHeartbeat((note) => untilOver(convertLight({ ...lightly, note }, input))));
    },
    planBatch: (input) => classified(planBatch(ports.store, settings, input)),
    listFiles: (input) => withHeartbeat(() => classified(listFiles(ports, input))),
    awaitRuns: ({ runs }) =>
      withHeartbeat(() => orRetryElsewhere(awaitRuns(ports.executions, runs, Context.current().cancellationSignal))),
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
      return {
        messageId: await classified(
          ports.notifier.publish(composeMessage(outcome, subject, { language: settings.messageLanguage, runUrl: url })),
        ),
      };
    },
    sendToDeadLetters: async (letter) => {
      const failedAt = new Date(activityInfo().currentAttemptScheduledTimestampMs);
      return { letterId: await classified(ports.deadLetters.send(letter, failedAt)) };
    },
  };
  return withCredentialRetries(activities, credentialSeconds);
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

/** ECS's limits hold for an account, so that shorter intervals than a second do not raise the rate of calls. */
function describerSettings(pollSeconds: number, timeScale: number): DescriberSettings {
  return {
    lookMs: Math.max(pollSeconds * timeScale * 1000, minLookMs),
    callMs: Math.max((Math.max(pollSeconds, 1) * timeScale * 1000) / transform.describesPerSecond, minCallMs),
  };
}

/** The run's page in the Web UI. */
export function runUrl(uiUrl: string, namespace: string, workflowId: string, runId: string): string {
  const path = ['namespaces', namespace, 'workflows', workflowId, runId, 'history'].map(encodeURIComponent).join('/');
  return `${trimSlashes(uiUrl)}/${path}`;
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
