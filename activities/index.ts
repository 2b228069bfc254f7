import type { FailureType } from '@etl/pipeline/failures';
import { composeMessage } from '@etl/pipeline/messages';
import { activityInfo, Context, heartbeat, sleep } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { awaitStopped, awaitTask } from './awaitTask';
import { confirmCommit } from './confirmCommit';
import type { EtlActivities } from './contract';
import { createDescriber } from './describer';
import { launchTask } from './launchTask';
import { type Ports, TaskRunnerError } from './ports';
import { type ValidationSettings, validateInput } from './validateInput';

export interface ActivitySettings extends ValidationSettings {
  /** Address of the Web UI, for links in messages. */
  readonly uiUrl: string | undefined;
}

/** The activities over their ports. Only this file knows Temporal: what it calls is plain code. */
export function createActivities(ports: Ports, settings: ActivitySettings): EtlActivities {
  const describe = createDescriber(ports.tasks);
  const waiting = {
    describe,
    store: ports.store,
    taskLogs: ports.taskLogs,
    heartbeat,
    sleep: (seconds: number) => orRetryElsewhere(sleep(seconds * 1000)),
    now: Date.now,
  };
  return {
    validateInput: ({ event }) => validateInput(ports.store, settings, event),
    launchTask: (input) => asFailure('BadConfiguration', launchTask(ports.tasks, input)),
    awaitTask: (input) => {
      const { workflowId, runId } = input.run;
      const report = (progress: Parameters<Ports['progress']['report']>[2]) =>
        ports.progress.report(workflowId, runId, progress);
      return orRetryElsewhere(awaitTask({ ...waiting, report }, input));
    },
    stopTask: async ({ taskArn, reason }) => {
      await ports.tasks.stop(taskArn, reason);
      return orRetryElsewhere(awaitStopped(waiting, taskArn));
    },
    confirmCommit: (query) => confirmCommit(ports.store, query),
    notify: async ({ outcome, subject }) => {
      const { namespace } = activityInfo();
      const url = settings.uiUrl && runUrl(settings.uiUrl, namespace, subject.workflowId, subject.runId);
      return { messageId: await ports.notifier.publish(composeMessage(outcome, subject, url)) };
    },
    sendToDeadLetters: async (letter) => ({ letterId: await ports.deadLetters.send(letter) }),
  };
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
      throw ApplicationFailure.create({
        message: 'this worker is shutting down; another one goes on waiting',
        type: 'WorkerShutdown',
        nonRetryable: false,
      });
    }
    throw error;
  }
}

/** What no repetition mends fails the run at once, with a type of ours. */
async function asFailure<T>(type: FailureType, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof TaskRunnerError) throw ApplicationFailure.nonRetryable(error.message, type);
    throw error;
  }
}
