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
  /** Default: payloads are stored as they are. */
  readonly dataConverter?: DataConverter;
  readonly shutdownGraceSeconds: number;
  /** Of all workers of the namespace together: the server keeps it, by what the last worker that polled has said. Unset: no bound. */
  readonly launchesPerSecond?: number;
  /** So many conversions of the light lane at once; 0: this worker has no such lane. */
  readonly lightConcurrency?: number;
}

/**
 * Activities decide how often they send a heartbeat (activities/reportPace.ts); by default the SDK would hold details back for
 * 0.8 heartbeat timeouts.
 */
const heartbeatThrottle = { maxHeartbeatThrottleInterval: '1 second' } as const;

/**
 * Four workers in one process: workflows and short calls on `etl`, waits on `etl-fargate`, the light lane on `etl-light`,
 * launches on `etl-launch`. `runUntilStopped` ends when `shutdown` was called and all have drained.
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
      // launchTask among them: runs in flight have launches here that an earlier version scheduled.
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
