import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { steps } from '@etl/pipeline/definition';
import type { Fact } from '@etl/pipeline/facts';
import { type AttributeValues, attributeNames, attributePairs } from '@etl/pipeline/searchAttributes';
import { activityInfo } from '@temporalio/activity';
import type { WorkflowHandle, WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import type { EtlActivities } from '../../activities/contract';
import { createWorkers } from '../../workers/workers';
import { sampleEvent } from './samplePlan';
import { TestServer } from './testServer';
import { thorough } from './thorough';

const bundlePath = join(__dirname, '..', '..', 'dist', 'workflow-bundle.js');
export const workflowBundle = { codePath: bundlePath };

export interface Call {
  readonly name: string;
  readonly input: unknown;
  /** Server time when the activity was scheduled, in seconds. */
  readonly atSeconds: number;
}

type Start = (event?: unknown, workflowId?: string, other?: Other) => Promise<WorkflowHandle>;

/** A workflow other than the pipeline. */
interface Other {
  readonly type?: string;
  /** Arguments after the first one. */
  readonly more?: readonly unknown[];
  /** ID prefix of child workflows that use the same activities. */
  readonly children?: string;
  /** Search attributes from the start. They must be registered. */
  readonly attributes?: AttributeValues;
}

/** Routes each call to the activities of the calling workflow: one pair of workers serves every test of a file. */
function routed(activitiesOf: (workflowId: string) => EtlActivities): EtlActivities {
  const route = (name: keyof EtlActivities) => (input: never) => {
    const activity = activitiesOf(activityInfo().workflowExecution?.workflowId ?? '')[name];
    return (activity as (input: never) => Promise<unknown>)(input);
  };
  const names = Object.keys(steps) as (keyof EtlActivities)[];
  return Object.fromEntries(names.map((name) => [name, route(name)])) as unknown as EtlActivities;
}

/**
 * Runs workflows on the time-skipping server with activities from the test. Replays the started executions against the
 * bundle when the rig stops.
 */
export class Rig {
  /** Facts that workflows reported, in this order; a retried workflow task reports its facts again. */
  readonly facts: { readonly runId: string; readonly id: string; readonly fact: Fact }[] = [];
  private readonly handles: WorkflowHandle[] = [];
  private readonly fetched = new Map<WorkflowHandle, History>();
  private readonly given = new Map<string, EtlActivities>();
  private readonly adopted: [string, EtlActivities][] = [];
  private workers: Awaited<ReturnType<typeof createWorkers>> | undefined;
  private running: Promise<unknown> | undefined;
  private constructor(
    readonly env: TestWorkflowEnvironment,
    private readonly endServer: () => Promise<void> = async () => undefined,
    private readonly options: Partial<WorkerOptions> = {},
  ) {}

  /** `options`: changes those of all workers. */
  static async start(options?: Partial<WorkerOptions>): Promise<Rig> {
    const path = process.env.ETL_TEST_TIME_SKIPPING_SERVER;
    if (path === undefined || !existsSync(path)) throw new Error('ETL_TEST_TIME_SKIPPING_SERVER is not a file');
    if (!existsSync(bundlePath)) throw new Error('dist/workflow-bundle.js is missing: npm run build');
    quietRuntime();
    const executable = { type: 'existing-path' as const, path };
    for (let attempt = 1; ; attempt++) {
      try {
        const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
        const rig = new Rig(env, undefined, options);
        await rig.startWorkers();
        return rig;
      } catch (error) {
        // The SDK gives the server five seconds, which Java alone may need on a busy machine.
        if (attempt === 8) throw error;
      }
    }
  }

  /** Starts a real server with real time: the time-skipping one hangs when a parent cancels several children. */
  static async startReal(): Promise<Rig> {
    const path = process.env.ETL_TEST_TEMPORAL;
    if (path === undefined || !existsSync(path)) throw new Error('ETL_TEST_TEMPORAL is not a file');
    quietRuntime();
    const server = await TestServer.start();
    const end = () => server.remove();
    try {
      const env = await TestWorkflowEnvironment.createFromExistingServer({ address: server.address });
      const rig = new Rig(env, end);
      await rig.startWorkers();
      return rig;
    } catch (error) {
      await end();
      throw error;
    }
  }

  private async startWorkers(): Promise<void> {
    this.workers = await createWorkers({
      connection: this.env.nativeConnection,
      namespace: this.env.namespace ?? 'default',
      workflowBundle,
      activities: routed((workflowId) => {
        // A child uses its parent's activities.
        const ofParent = () =>
          this.given.get(workflowId.replace(/\/shard-.*$/, '')) ??
          this.adopted.find(([prefix]) => workflowId.startsWith(prefix))?.[1];
        const activities = this.given.get(workflowId) ?? ofParent();
        if (!activities) throw new Error(`no test has started ${workflowId}`);
        return activities;
      }),
      metrics: { record: (runId, id, fact) => this.facts.push({ runId, id, fact }) },
      configure: (options) => ({ ...options, ...this.options }),
      shutdownGraceSeconds: 0,
    });
    this.running = this.workers.runUntilStopped();
    // The error is handled at the end.
    this.running.catch(() => undefined);
  }

  /** Runs `scenario`; the workflows that it starts use these activities. */
  async with<T>(activities: EtlActivities, scenario: (start: Start) => Promise<T>): Promise<T> {
    return scenario(async (event = sampleEvent, workflowId = `test-${this.given.size}`, other = {}) => {
      this.given.set(workflowId, activities);
      if (other.children !== undefined) this.adopted.push([other.children, activities]);
      const typedSearchAttributes = attributePairs(other.attributes ?? {}, attributeNames);
      const args = [event, ...(other.more ?? [])];
      const started = { workflowId, taskQueue: 'etl', args, typedSearchAttributes };
      const handle = await this.env.client.workflow.start(other.type ?? 'etlPipeline', started);
      this.handles.push(handle);
      return handle;
    });
  }

  /** Sets the activities, by ID prefix, of workflows that the test does not start, such as those of a schedule. */
  adopt(prefix: string, activities: EtlActivities): void {
    this.adopted.push([prefix, activities]);
  }

  /** Registers the execution for replay at the end. */
  watch(handle: WorkflowHandle): WorkflowHandle {
    this.handles.push(handle);
    return handle;
  }

  /**
   * Ends the server without a replay: it has hung. Leaves the connections open: calls of the test may still be retried,
   * and a retry on a closed connection is thrown in a timer, where nothing catches it.
   */
  async abandon(): Promise<void> {
    this.workers?.shutdown();
    // The workers fail with their server.
    this.running?.catch(() => undefined);
    const { runtime, server } = this.env as unknown as Ephemeral;
    await runtime.shutdownEphemeralServer(server).catch(() => undefined);
    await this.endServer();
  }

  /** Returns the history of a closed workflow of a test; its replay uses the same history. */
  async historyOf(workflowId: string): Promise<History> {
    const handle = this.handles.find((each) => each.workflowId === workflowId);
    if (!handle) throw new Error(`no test has started ${workflowId}`);
    const history = this.fetched.get(handle) ?? (await handle.fetchHistory());
    this.fetched.set(handle, history);
    return history;
  }

  /** Replays each of the executions, and in a quick run one of three. */
  async stop(): Promise<void> {
    const replayEvery = thorough ? 1 : 3;
    try {
      this.workers?.shutdown();
      await this.running;
      const replayed = this.handles.filter((_, index) => index % replayEvery === 0);
      await replay(replayed, { children: true, fetched: this.fetched });
    } finally {
      await this.env.teardown();
      await this.endServer();
    }
  }
}

/** Private parts of `TestWorkflowEnvironment`. */
interface Ephemeral {
  readonly runtime: { shutdownEphemeralServer(server: unknown): Promise<void> };
  readonly server: unknown;
}

let quiet = false;

/** Silences the SDK's log, except for errors, in a test's output. */
export function quietRuntime(): void {
  if (quiet) return;
  quiet = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }), forward: {} } },
  });
}

let lastReplay: Promise<unknown> = Promise.resolve();

/**
 * Fails when a history does not replay deterministically; with `children`, also replays their child workflows.
 * Concurrent calls take turns: the end of a replay shuts the SDK's runtime down, which another one may be about to use.
 */
export function replay(handles: readonly WorkflowHandle[], options: ReplayOptions = {}): Promise<void> {
  const done = lastReplay.then(() => replayAll(handles, options));
  lastReplay = done.catch(() => undefined);
  return done;
}

/** One worker replays all histories, since creating a worker takes most of the time. */
async function replayAll(
  handles: readonly WorkflowHandle[],
  { children = false, fetched, dataConverter }: ReplayOptions,
): Promise<void> {
  quietRuntime();
  async function* histories() {
    for (const handle of handles) {
      for await (const history of chain(handle, fetched?.get(handle))) {
        yield { workflowId: handle.workflowId, history };
        for (const child of children ? childrenOf(handle, history) : []) {
          for await (const history of chain(child)) yield { workflowId: child.workflowId, history };
        }
      }
    }
  }
  const failed: unknown[] = [];
  for await (const { error } of Worker.runReplayHistories(
    { workflowBundle, ...(dataConverter && { dataConverter }) },
    histories(),
  )) {
    if (error) failed.push(error);
  }
  if (failed.length > 0) throw new AggregateError(failed, `${failed.length} histories do not replay: ${failed[0]}`);
}

interface ReplayOptions {
  readonly children?: boolean;
  readonly fetched?: ReadonlyMap<WorkflowHandle, History>;
  readonly dataConverter?: DataConverter;
}

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

function childrenOf({ client }: WorkflowHandle, { events }: History): WorkflowHandle[] {
  return (events ?? []).flatMap(({ childWorkflowExecutionStartedEventAttributes: started }) => {
    const { workflowId, runId } = started?.workflowExecution ?? {};
    return workflowId ? [client.getHandle(workflowId, runId ?? undefined)] : [];
  });
}

/** Yields the histories of a run and of the runs that it continued as. */
async function* chain(first: WorkflowHandle, fetched?: History): AsyncGenerator<History> {
  const { firstExecutionRunId } = first as Partial<WorkflowHandleWithFirstExecutionRunId>;
  let handle =
    firstExecutionRunId === undefined ? first : first.client.getHandle(first.workflowId, firstExecutionRunId);
  for (let known = fetched; ; known = undefined) {
    const history = known ?? (await handle.fetchHistory());
    yield history;
    const next = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    if (!next) return;
    handle = first.client.getHandle(first.workflowId, next);
  }
}
