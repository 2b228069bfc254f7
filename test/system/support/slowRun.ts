import { existsSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaultPlanInput } from '@etl/fargate/faults/control';
import { getFaults, putFaults } from '@etl/fargate/faults/control';
import { fileUri } from '@etl/lib/fileUri';
import { stem } from '@etl/lib/names';
import { baseName } from '@etl/lib/uri';
import { checkpointName, manifestName } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import type { Client, Connection, WorkflowHandle } from '@temporalio/client';
import { writeSalesSample } from '../../../local/samples/ventas';
import { exitCodeOf, type RealTask, readTasks } from '../../support/realTasks';
import { LocalSystemUnderTest, until } from '../../support/system';

interface Start {
  readonly compute?: object;
  readonly workflowId?: string;
  /** Has the same rows, but its tasks run at normal speed. */
  readonly quick?: boolean;
  readonly chunkRows?: number;
  /** Additional keys of the event. */
  readonly detail?: object;
}

export const rows = 8000;
/** Stretches half a second of CPU to at least five seconds, so that a test can act on a running task. */
const share = 0.1;

/** A running system, and runs on it of a file with slow or fast tasks. */
export class SlowRuns {
  private count = 0;
  private constructor(
    readonly system: LocalSystemUnderTest,
    readonly client: Client,
    private readonly connection: Connection,
    private readonly ecs: string,
  ) {}

  static async up(timeScale: number, changes: NodeJS.ProcessEnv = {}): Promise<SlowRuns> {
    const system = await LocalSystemUnderTest.create({ ETL_TIME_SCALE: String(timeScale), ...changes });
    const { ecs } = await system.up();
    const { client, connection } = await system.connect();
    const runs = new SlowRuns(system, client, connection, ecs);
    await writeSalesSample(runs.file('slow'), rows);
    await copyFile(runs.file('slow'), runs.file('quick'));
    await runs.faults({});
    return runs;
  }

  async down(): Promise<void> {
    await this.connection.close();
    await this.system.remove();
  }

  private file(name: 'slow' | 'quick'): string {
    return join(this.system.folder, `${name}.csv`);
  }

  /**
   * Sets faults by workflow, so that runs with different faults can run at the same time; they precede the slowdown of
   * all tasks of the slow file.
   */
  faults(byWorkflow: Readonly<Record<string, FaultPlanInput['rules']>>) {
    const rules = Object.entries(byWorkflow).flatMap(([WORKFLOW_ID, own]) =>
      own.map((rule) => ({ ...rule, where: { environment: { WORKFLOW_ID } } })),
    );
    const slow = { fault: 'slow', share, where: { environment: { INPUT_FILE: fileUri(this.file('slow')) } } };
    return putFaults(this.ecs, { rules: [...rules, slow] });
  }
  faultStatus() {
    return getFaults(this.ecs);
  }

  async start(start: Start = {}): Promise<WorkflowHandle> {
    const { compute = {}, workflowId = `run-${++this.count}`, quick = false, detail: more = {} } = start;
    const { chunkRows = quick ? rows : rows / 8 } = start;
    const { s3Key = fileUri(this.file(quick ? 'quick' : 'slow')) } = more as { s3Key?: string };
    const detail = {
      s3Key,
      source: stem(baseName(s3Key)),
      batchDate: '2026-02-08',
      dataset: workflowId,
      destination: fileUri(join(this.system.folder, 'out')),
      chunkRows,
      ...(Object.keys(compute).length > 0 && { compute }),
      ...more,
    };
    return this.client.workflow.start('etlPipeline', { workflowId, taskQueue: 'etl', args: [{ detail }] });
  }

  /** Returns the manifest that a run published. */
  async manifestOf({ workflowId }: WorkflowHandle, source: string): Promise<Manifest> {
    const folder = join(this.system.folder, 'out', workflowId, 'batch_date=2026-02-08', `source=${source}`);
    return JSON.parse(await readFile(join(folder, manifestName), 'utf8')) as Manifest;
  }

  tasksOf({ workflowId }: Pick<WorkflowHandle, 'workflowId'>): RealTask[] {
    return readTasks(join(this.system.stateDir, 'ecs')).filter((task) => task.workflowId === workflowId);
  }

  /** Returns the work folder of a task of a run. */
  workOf({ workflowId }: WorkflowHandle, source: string, { runId, generation }: RealTask): string {
    const internal = join(this.system.folder, 'out', '_etl', workflowId, '2026-02-08', source);
    return join(internal, 'work', `${runId}-${generation}`);
  }

  /** Suspends the program of a launch from its first chunks until the task is stopped. */
  async holdAtCheckpoint(handle: WorkflowHandle, generation: number): Promise<void> {
    const find = () => this.tasksOf(handle).find((task) => task.generation === generation);
    const task = await until(`launch ${generation} of ${handle.workflowId}`, 60, find);
    const checkpoint = join(this.workOf(handle, 'quick', task), checkpointName);
    await until('its first chunks', 60, () => existsSync(checkpoint) || find()?.stop);
    // On a busy machine the stop may come first; then nothing has to be held.
    if (find()?.stop) return;
    const pid = this.system.programPid(task.arn.split('/').at(-1) ?? '');
    if (pid === undefined) throw new Error(`launch ${generation} of ${handle.workflowId} has no program`);
    process.kill(pid, 'SIGSTOP');
    await until('its stop', 60, () => find()?.stop);
    process.kill(pid, 'SIGCONT');
  }

  /** Returns the only task of a run once it exists; with `running`, once its program runs. */
  async task(handle: Pick<WorkflowHandle, 'workflowId'>, state: 'made' | 'running' = 'running'): Promise<RealTask> {
    return until(`a task of ${handle.workflowId} that is ${state}`, 60, () => {
      const [task] = this.tasksOf(handle);
      return state === 'made' || task?.programs ? task : undefined;
    });
  }
}

/** Returns how each task of a run really ended: its stop code and its exit code. */
export const endsOf = (tasks: readonly RealTask[]) =>
  tasks.map((task) => [task.end ? task.stop?.stopCode : 'alive', exitCodeOf(task)]);
