/** Workers with the workflows and activities of this package, and with those of a team. */
import type { Client } from '@temporalio/client';
import type { WorkerOptions, WorkflowBundle } from '@temporalio/worker';
import { parseConfig } from '../config/environment';
import { openPayloads } from '../config/payloads/payloads';
import { bundleWorkflows as bundle } from '../workers/bundle';
import { createEtlWorker as create } from '../workers/etlWorker';
import { createLogger } from '../workers/logger';
import { histogramBuckets as buckets } from '../workers/metrics/table';
import { runEtlWorker as run } from '../workers/run';

/** A notification of a run or a batch. */
export interface Notification {
  /** `etl-success` for a delivered batch, `etl-alerts` otherwise. */
  readonly topic: 'etl-success' | 'etl-alerts';
  /** ASCII, under 100 characters, without line breaks. */
  readonly subject: string;
  readonly body: string;
  /** For programs: dataset, batch date, source, workflow ID, run ID, failure type, … */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Notifier {
  /**
   * Sends a notification and returns its ID. It is retried when it throws, so a notification may be sent twice.
   */
  publish(notification: Notification): Promise<string>;
}

/** What a team adds to the worker, or replaces in it. */
export interface EtlWorkerOptions {
  /**
   * Path of the module whose exports are the workflows: `export * from 'etl-orchestrator/workflows'` and those of the
   * team. It is bundled when the worker starts. @default the workflows of this package, bundled in advance
   */
  readonly workflowsPath?: string;
  /** Activities of the team, on the task queue `etl`. Their names must differ from ours. @default none */
  readonly activities?: object;
  /** @default SNS if its topics are configured, otherwise the outbox of the local system */
  readonly notifier?: Notifier;
  /**
   * Changes the options of each Temporal worker, for example adds interceptors. It is called once for each of the task
   * queues `etl`, `etl-fargate`, `etl-launch` and `etl-light`. @default leaves them as they are
   */
  readonly configure?: (options: WorkerOptions) => WorkerOptions;
}

/** Workers of all task queues in this process. */
export interface EtlWorker {
  /** Client that the worker uses. `run` closes its connection at the end. */
  readonly client: Client;
  /** Polls until `shutdown` is called or Temporal's runtime receives a shutdown signal. */
  run(): Promise<void>;
  /** Stops polling; `run` resolves when the running activities have ended. */
  shutdown(): void;
}

/**
 * Runs this process as a worker until SIGTERM or SIGINT, with the configuration of docs/configuration.md. An error ends
 * the process: its cause and remedy are the last lines on stderr, and the exit code is that of docs/cli.md.
 *
 * @example
 * void runEtlWorker({ workflowsPath: require.resolve('./workflows'), activities, notifier });
 */
export function runEtlWorker(options?: EtlWorkerOptions): Promise<void> {
  return run(options);
}

/**
 * Creates the workers without running them, for a process that does more. Leaves Temporal's runtime, its logger and its
 * metrics to the caller.
 *
 * @throws if Temporal cannot be reached, or the configuration or the options are invalid
 */
export function createEtlWorker(options?: EtlWorkerOptions): Promise<EtlWorker> {
  const config = parseConfig(process.env);
  return create(config, createLogger(config.LOG_LEVEL), options);
}

/**
 * Returns the buckets of the histograms among the metrics of the worker, by name: `histogramBucketOverrides` of the
 * exporter of Temporal's runtime.
 */
export function histogramBuckets(): Record<string, number[]> {
  return buckets();
}

/** Bundles workflows as the worker does, for tests that replay histories with `Worker.runReplayHistory`. */
export async function bundleWorkflows(workflowsPath: string): Promise<WorkflowBundle> {
  return bundle(workflowsPath, await openPayloads());
}
