import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { budgets } from '@etl/pipeline/definition';
import { optionsHash } from '@etl/pipeline/options';
import type { Plan } from '@etl/pipeline/plan';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import type { EtlActivities } from '../../activities/contract';
import { createWorkers } from '../../workers/workers';

const bundlePath = join(__dirname, '..', '..', 'dist', 'workflow-bundle.js');
const workflowBundle = { codePath: bundlePath };

/** A plan as validation returns it for a small file. */
export function samplePlan(changes: Partial<Plan> = {}): Plan {
  return {
    batch: { dataset: 'ventas', batchDate: '2026-02-08', source: 'ventas_2026_02' },
    source: { uri: 'file:///data/ventas/ventas_2026_02.csv', bytes: 1000, fingerprint: 'f1' },
    destination: 'file:///lake',
    options: {},
    optionsHash: optionsHash({}, 500_000),
    chunkRows: 500_000,
    compute: { spot: false },
    timings: { timeoutSeconds: 3600, startTimeoutSeconds: 900, heartbeatSeconds: 30 },
    budgets,
    warnings: [],
    ...changes,
  };
}

export const sampleEvent = { detail: { s3Key: 'file:///data/ventas/ventas_2026_02.csv', batchDate: '2026-02-08' } };

export interface Call {
  readonly name: string;
  readonly input: unknown;
  /** Server time when the activity was scheduled, in seconds. */
  readonly atSeconds: number;
}

/**
 * Workflows on the time-skipping server, with activities that a test gives. Every execution a test starts is replayed
 * against the bundle when the test ends.
 */
export class Rig {
  private constructor(readonly env: TestWorkflowEnvironment) {}

  static async start(): Promise<Rig> {
    const path = process.env.ETL_TEST_TIME_SKIPPING_SERVER;
    if (path === undefined || !existsSync(path)) throw new Error('ETL_TEST_TIME_SKIPPING_SERVER is no file');
    if (!existsSync(bundlePath)) throw new Error('dist/workflow-bundle.js is missing: npm run build');
    quietRuntime();
    const executable = { type: 'existing-path' as const, path };
    for (let attempt = 1; ; attempt++) {
      try {
        return new Rig(await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } }));
      } catch (error) {
        // The SDK gives the server five seconds, which a busy machine may need for Java alone.
        if (attempt === 4) throw error;
      }
    }
  }

  /** Runs `scenario` beside workers with these activities; afterwards every execution it started is replayed. */
  async with<T>(
    activities: EtlActivities,
    scenario: (start: (event?: unknown, workflowId?: string) => Promise<WorkflowHandle>) => Promise<T>,
  ): Promise<T> {
    const workers = await createWorkers({
      connection: this.env.nativeConnection,
      namespace: this.env.namespace ?? 'default',
      workflowBundle,
      activities,
      shutdownGraceSeconds: 0,
    });
    const running = workers.runUntilStopped();
    const started: WorkflowHandle[] = [];
    try {
      return await scenario(async (event = sampleEvent, workflowId = `test-${randomUUID()}`) => {
        const handle = await this.env.client.workflow.start('etlPipeline', {
          workflowId,
          taskQueue: 'etl',
          args: [event],
        });
        started.push(handle);
        return handle;
      });
    } finally {
      workers.shutdown();
      await running;
      await replayAll(started);
    }
  }

  async stop(): Promise<void> {
    await this.env.teardown();
  }
}

let quiet = false;

/** The SDK's own lines, errors excepted, are no part of a test's output. */
function quietRuntime(): void {
  if (quiet) return;
  quiet = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }), forward: {} } },
  });
}

/** As `replay`, with one worker for all of them. */
async function replayAll(handles: readonly WorkflowHandle[]): Promise<void> {
  async function* histories() {
    for (const handle of handles) yield { workflowId: handle.workflowId, history: await handle.fetchHistory() };
  }
  for await (const { error } of Worker.runReplayHistories({ workflowBundle }, histories())) if (error) throw error;
}

/** Fails when the history does not replay deterministically. */
export async function replay(handle: WorkflowHandle): Promise<void> {
  quietRuntime();
  await Worker.runReplayHistory({ workflowBundle }, await handle.fetchHistory(), handle.workflowId);
}
