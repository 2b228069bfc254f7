import { taskQueues } from '@etl/pipeline/definition';
import type { DataConverter } from '@temporalio/common';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { boundAnswers } from '../activities/boundAnswers';
import type { EtlActivities } from '../activities/contract';
import { slots } from './concurrency';
import { defaultLightConcurrency } from './lightLane';

export interface WorkerSettings {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly workflowBundle: NonNullable<WorkerOptions['workflowBundle']>;
  readonly activities: EtlActivities;
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
  const { awaitTask, stopTask, findOrphans, awaitRuns, convertLight, ...short } = boundAnswers(settings.activities);
  const workers = [
    await Worker.create({
      ...common,
      workflowBundle,
      taskQueue: taskQueues.main,
      // Includes launchTask: runs in flight have launches on this queue that an earlier version scheduled.
      activities: short,
      maxConcurrentActivityTaskExecutions: slots.main,
    }),
    await Worker.create({
      ...common,
      taskQueue: taskQueues.fargate,
      activities: { awaitTask, stopTask, findOrphans, awaitRuns },
      maxConcurrentActivityTaskExecutions: slots.waits,
      ...heartbeatThrottle,
    }),
    await Worker.create({
      ...common,
      taskQueue: taskQueues.launch,
      activities: { launchTask: short.launchTask },
      maxConcurrentActivityTaskExecutions: slots.launches,
      ...(settings.launchesPerSecond !== undefined && { maxTaskQueueActivitiesPerSecond: settings.launchesPerSecond }),
    }),
  ];
  const { lightConcurrency = defaultLightConcurrency } = settings;
  if (lightConcurrency > 0) {
    workers.push(
      await Worker.create({
        ...common,
        taskQueue: taskQueues.light,
        activities: { convertLight },
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
