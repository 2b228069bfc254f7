import { CliError } from '@etl/lib/cliError';
import { steps, taskQueues } from '@etl/pipeline/definition';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import type { DataConverter } from '@temporalio/common';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { boundAnswers } from '../activities/boundAnswers';
import type { EtlActivities } from '../activities/contract';
import { slots } from './concurrency';
import { defaultLightConcurrency } from './lightLane';
import { factSinks } from './metrics/factSinks';
import type { Metrics } from './metrics/metrics';

export interface WorkerSettings {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly workflowBundle: NonNullable<WorkerOptions['workflowBundle']>;
  readonly activities: EtlActivities;
  /** Further activities on the queue `etl`. @default none */
  readonly addedActivities?: object;
  /** Changes the options of each worker. @default leaves them as they are */
  readonly configure?: (options: WorkerOptions) => WorkerOptions;
  /** Converter of payloads. @default payloads are stored unencrypted */
  readonly dataConverter?: DataConverter;
  readonly shutdownGraceSeconds: number;
  /**
   * Limit of launches per second over all workers of the namespace. The server enforces the value of the worker that
   * polled last.
   *
   * @default no limit
   */
  readonly launchesPerSecond?: number;
  /** Counts the facts that workflows report. @default ignores them */
  readonly metrics?: Pick<Metrics, 'record'>;
  /** Maximum of concurrent conversions of the light lane; 0 disables the lane on this worker. */
  readonly lightConcurrency?: number;
}

/**
 * Maximum time between heartbeats. Activities decide how often they heartbeat (activities/reportPace.ts); by default,
 * the SDK holds details back for 0.8 heartbeat timeouts.
 */
const heartbeatThrottle = { maxHeartbeatThrottleInterval: '1 second' } as const;

/**
 * Creates four workers in one process: workflows and short calls on `etl`, waits on `etl-fargate`, the light lane on
 * `etl-light`, launches on `etl-launch`. `runUntilStopped` resolves once `shutdown` was called and all workers have
 * drained.
 *
 * @throws {CliError} if an added activity has the name of one of ours
 */
export async function createWorkers(settings: WorkerSettings) {
  const { connection, namespace, workflowBundle, dataConverter } = settings;
  const common = {
    connection,
    namespace,
    ...(dataConverter && { dataConverter }),
    shutdownGraceTime: settings.shutdownGraceSeconds * 1000,
    shutdownForceTime: (settings.shutdownGraceSeconds + 10) * 1000,
  };
  const activities = boundAnswers(settings.activities);
  const added = settings.addedActivities ?? {};
  checkNames(Object.keys(added), settings.activities);
  const create = (options: WorkerOptions) => Worker.create(settings.configure?.(options) ?? options);
  const workers = [
    await create({
      ...common,
      workflowBundle,
      sinks: factSinks(settings.metrics ?? { record: () => undefined }),
      taskQueue: taskQueues.main,
      // Includes launchTask: runs in flight have launches on this queue that an earlier version scheduled.
      activities: { ...on(taskQueues.main, activities), launchTask: activities.launchTask, ...added },
      maxConcurrentActivityTaskExecutions: slots.main,
    }),
    await create({
      ...common,
      taskQueue: taskQueues.fargate,
      activities: on(taskQueues.fargate, activities),
      maxConcurrentActivityTaskExecutions: slots.waits,
      ...heartbeatThrottle,
    }),
    await create({
      ...common,
      taskQueue: taskQueues.launch,
      activities: on(taskQueues.launch, activities),
      maxConcurrentActivityTaskExecutions: slots.launches,
      ...(settings.launchesPerSecond !== undefined && { maxTaskQueueActivitiesPerSecond: settings.launchesPerSecond }),
    }),
  ];
  const { lightConcurrency = defaultLightConcurrency } = settings;
  if (lightConcurrency > 0) {
    workers.push(
      await create({
        ...common,
        taskQueue: taskQueues.light,
        activities: on(taskQueues.light, activities),
        maxConcurrentActivityTaskExecutions: lightConcurrency,
        ...heartbeatThrottle,
      }),
    );
  }
  return {
    runUntilStopped: () => Promise.all(workers.map((worker) => worker.run())),
    shutdown: () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    },
  };
}

/** Returns the activities whose step is on a task queue. */
function on(taskQueue: string, activities: EtlActivities): Partial<EtlActivities> {
  return Object.fromEntries(
    Object.entries(activities).filter(([name]) => steps[name as keyof EtlActivities].taskQueue === taskQueue),
  );
}

function checkNames(added: readonly string[], ours: object): void {
  const taken = added.filter((name) => Object.hasOwn(ours, name));
  if (taken.length === 0) return;
  const message = `activity names are already used by this package: ${taken.join(', ')}`;
  throw new CliError(message, 'Rename these activities of your worker', exitCodes.badConfiguration);
}
