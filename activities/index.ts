import { setTimeout as delay } from 'node:timers/promises';
import { trimSlashes } from '@etl/lib/uri';
import { noDatasets } from '@etl/pipeline/dataset/datasets';
import { eventKey } from '@etl/pipeline/deadLetters/eventKey';
import { credentials, transform } from '@etl/pipeline/definition';
import { composeMessage } from '@etl/pipeline/messages/compose';
import type { MessageLanguage } from '@etl/pipeline/messages/languages';
import { activityInfo, Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { awaitRuns } from './awaitRuns';
import { awaitTask } from './awaitTask';
import { findLate } from './calendar/findLate';
import { recordCheck, recordLate } from './calendar/records';
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
import { reportLineage } from './reportLineage';
import { looksPerReport } from './reportPace';
import { applySink } from './sinks/applySink';
import { awaitSink } from './sinks/awaitSink';
import { listSinkWork } from './sinks/listSinkWork';
import { stopTask } from './stopTask';
import { type ValidationSettings, validateInput } from './validateInput';
import { measureWait } from './waited';

export interface ActivitySettings extends ValidationSettings {
  /** Address of the Web UI, for links in messages. */
  readonly uiUrl: string | undefined;
  readonly messageLanguage: MessageLanguage;
  /** Seconds between two polls of a task, as long as one worker's calls suffice for all its tasks. */
  readonly pollSeconds: number;
  /** Seconds for which refused AWS credentials are retried. @default credentials.retrySeconds */
  readonly credentialSeconds?: number;
}

/** Lower bounds of the scaled intervals. */
const minPollMs = 50;
const minCallMs = 100;
const minReportSeconds = 0.5;
/** Seconds until DescribeTasks must know a task. */
const unknownGraceSeconds = 60;
const minUnknownGraceSeconds = 2;
/**
 * Seconds that ECS may take to report a task STOPPED after its container has ended: the record of its end is complete
 * then.
 */
const endGraceSeconds = 10;
const minEndGraceSeconds = 1;

/**
 * Creates the activities over their ports. Only this file depends on Temporal; the functions that it calls are plain
 * code.
 */
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
      // The clock of the server, which also sets the closing times of workflows.
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
    listFiles: (input) => {
      const { store, executions } = ports;
      return withHeartbeat(() => classified(listFiles({ store, executions, datasets: settings.datasets }, input)));
    },
    awaitRuns: ({ runs }) =>
      withHeartbeat(() => orRetryElsewhere(awaitRuns(ports.executions, runs, Context.current().cancellationSignal))),
    recordResults: (input) => classified(recordResults(ports.store, input)),
    confirmWork: async ({ uri }) => (await classified(ports.store.head(uri))) !== undefined,
    confirmCommit: async (query) => {
      const answer = await classified(confirmCommit(ports.store, query));
      if (answer.kind === 'delivered') await removeLetter(ports.deadLetters, query);
      return answer;
    },
    applySink: (input) => withHeartbeat(() => classified(applySink(ports, input))),
    awaitSink: (input) =>
      withHeartbeat(() => orRetryElsewhere(classified(awaitSink(ports, input, Context.current().cancellationSignal)))),
    cancelSink: async ({ sink, statement }) => {
      await classified(ports.sinks(sink.type).cancel?.(statement, sink) ?? Promise.resolve());
    },
    listSinkWork: async (query) => {
      const datasets = (await settings.datasets?.()) ?? noDatasets;
      return withHeartbeat(() => classified(listSinkWork(ports.store, { ...settings, datasets }, query)));
    },
    findLate: async (query) => {
      const datasets = (await settings.datasets?.()) ?? noDatasets;
      const { store, runLister } = ports;
      // The clock of the server, which also sets the start times of schedules and runs.
      const now = activityInfo().currentAttemptScheduledTimestampMs;
      const search = { store, runLister, datasets, cleanBase: settings.cleanBase, now };
      return withHeartbeat(() => classified(findLate(search, query)));
    },
    recordLate: async ({ alert, messageId }) => {
      await classified(recordLate(ports.store, settings.cleanBase, alert, messageId));
      ports.latenessMeter?.batchLate(alert.dataset, alert.kind);
    },
    recordCheck: async (check) => {
      await classified(recordCheck(ports.store, settings.cleanBase, check));
      ports.latenessMeter?.checked();
      Context.current().log.info('lateness check completed', { ...check });
    },
    notify: async ({ outcome, subject, next }) => {
      const { namespace } = activityInfo();
      const url = settings.uiUrl && runUrl(settings.uiUrl, namespace, subject.workflowId, subject.runId);
      return {
        messageId: await classified(
          ports.notifier.publish(
            composeMessage(outcome, subject, { language: settings.messageLanguage, runUrl: url, next }),
          ),
        ),
      };
    },
    registeredAttributes: async () => (await ports.attributes?.()) ?? [],
    reportLineage: async (report) => {
      const { store, lineage } = ports;
      if (lineage)
        await reportLineage({ store, lineage }, report, new Date(activityInfo().currentAttemptScheduledTimestampMs));
    },
    sendToDeadLetters: async (letter) => {
      const failedAt = new Date(activityInfo().currentAttemptScheduledTimestampMs);
      // A letter must be sent even while the declarations cannot be read.
      const datasets = await settings.datasets?.().catch(() => undefined);
      const key = eventKey(letter.event, { ...settings, datasets });
      return { letterId: await classified(ports.deadLetters.send({ ...letter, key }, failedAt)) };
    },
  };
  return withCredentialRetries(activities, credentialSeconds);
}

/** Longest time that a delivery waits while the letter of an earlier failure is searched, in milliseconds. */
const letterTimeoutMs = 12_000;

/** Best effort: a letter that stays is only a superfluous entry in a list. */
async function removeLetter(deadLetters: Ports['deadLetters'], { plan, run }: CommitQuery): Promise<void> {
  if (plan.letterKey === undefined) return;
  const { log } = Context.current();
  const removed = deadLetters.delivered(plan.letterKey, new Date(run.startedAt)).catch(({ message }: Error) => {
    log.warn('the dead letter of a delivered event could not be removed', { error: message });
  });
  await Promise.race([removed, delay(letterTimeoutMs, undefined, { ref: false })]);
}

/**
 * Returns the describer's intervals. ECS limits apply to the account, so polling more often than once a second does not
 * raise the rate of calls.
 */
function describerSettings(pollSeconds: number, timeScale: number): DescriberSettings {
  return {
    pollMs: Math.max(pollSeconds * timeScale * 1000, minPollMs),
    callMs: Math.max((Math.max(pollSeconds, 1) * timeScale * 1000) / transform.describesPerSecond, minCallMs),
  };
}

/** Returns the URL of the run in the Web UI. */
export function runUrl(uiUrl: string, namespace: string, workflowId: string, runId: string): string {
  const path = ['namespaces', namespace, 'workflows', workflowId, runId, 'history'].map(encodeURIComponent).join('/');
  return `${trimSlashes(uiUrl)}/${path}`;
}

/**
 * Awaits work that another worker may retry. A worker that shuts down cancels its activities too. Rethrown as a
 * cancellation, that would look like the user's; thrown as a retryable failure, it makes another worker continue the
 * wait.
 */
async function orRetryElsewhere<T>(work: Promise<T>): Promise<T> {
  try {
    return await Promise.race([work, Context.current().cancelled]);
  } catch (error) {
    if (error instanceof CancelledFailure && Context.current().cancellationDetails?.workerShutdown) {
      throw workerShutdown('this worker is shutting down; another worker continues the wait');
    }
    throw error;
  }
}

function workerShutdown(message: string): ApplicationFailure {
  return ApplicationFailure.create({ message, type: 'WorkerShutdown', nonRetryable: false });
}

/** Seconds that a worker that shuts down gives a conversion to end with a checkpoint. */
const conversionGraceSeconds = 8;

/**
 * Awaits a conversion. If it is cancelled, waits until it has ended and ignores its result. A worker that shuts down
 * waits only briefly, and throws a retryable failure instead of the cancellation.
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
    await Promise.race([over, delay(conversionGraceSeconds * 1000, undefined, { ref: false })]);
    throw workerShutdown('this worker is shutting down; the outcome of the conversion is unknown');
  }
}
