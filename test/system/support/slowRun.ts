import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileUri } from '@etl/pipeline/fileUri';
import { manifestName } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import type { Client, Connection, WorkflowHandle } from '@temporalio/client';
import type { FaultPlanInput } from '../../../local/faults/control';
import { getFaults, putFaults } from '../../../local/faults/control';
import { writeSalesSample } from '../../../local/samples/ventas';
import { exitCodeOf, type RealTask, readTasks } from '../../support/realTasks';
import { LocalSystemUnderTest, until } from '../../support/system';

interface Slowness {
  readonly compute?: object;
  readonly workflowId?: string;
  /** The fewer, the longer it takes. */
  readonly chunkRows?: number;
  /** Further keys of the event. */
  readonly detail?: object;
}

/** A system that is up, and runs on it of a file that takes its container some seconds. */
export class SlowRuns {
  private count = 0;
  private constructor(
    readonly system: LocalSystemUnderTest,
    readonly client: Client,
    private readonly connection: Connection,
    private readonly ecs: string,
    private readonly file: string,
  ) {}

  static async up(timeScale: number): Promise<SlowRuns> {
    const system = await LocalSystemUnderTest.create({ ETL_TIME_SCALE: String(timeScale) });
    const { ecs } = await system.up();
    const file = join(system.folder, 'slow.csv');
    await writeSalesSample(file, 16_000);
    const { client, connection } = await system.connect();
    return new SlowRuns(system, client, connection, ecs, file);
  }

  async down(): Promise<void> {
    await this.connection.close();
    await this.system.remove();
  }

  /** Faults by the workflow they are meant for, so that runs with different ones can be under way at a time. */
  faults(byWorkflow: Readonly<Record<string, FaultPlanInput['rules']>>) {
    const rules = Object.entries(byWorkflow).flatMap(([WORKFLOW_ID, own]) =>
      own.map((rule) => ({ ...rule, where: { environment: { WORKFLOW_ID } } })),
    );
    return putFaults(this.ecs, { rules });
  }
  faultStatus() {
    return getFaults(this.ecs);
  }

  async start(slowness: Slowness = {}): Promise<WorkflowHandle> {
    const { compute = {}, workflowId = `slow-${++this.count}`, chunkRows = 50, detail: more = {} } = slowness;
    const detail = {
      s3Key: fileUri(this.file),
      batchDate: '2026-02-08',
      dataset: workflowId,
      destination: fileUri(join(this.system.folder, 'out')),
      chunkRows,
      ...(Object.keys(compute).length > 0 && { compute }),
      ...more,
    };
    return this.client.workflow.start('etlPipeline', { workflowId, taskQueue: 'etl', args: [{ detail }] });
  }

  /** What was published for a run. */
  async manifestOf({ workflowId }: WorkflowHandle, source = 'slow'): Promise<Manifest> {
    const folder = join(this.system.folder, 'out', workflowId, 'batch_date=2026-02-08', `source=${source}`);
    return JSON.parse(await readFile(join(folder, manifestName), 'utf8')) as Manifest;
  }

  tasksOf({ workflowId }: Pick<WorkflowHandle, 'workflowId'>): RealTask[] {
    return readTasks(join(this.system.stateDir, 'ecs')).filter((task) => task.workflowId === workflowId);
  }

  /** The only task of a run, once it is there; with `running`, once its program runs. */
  async task(handle: Pick<WorkflowHandle, 'workflowId'>, state: 'made' | 'running' = 'running'): Promise<RealTask> {
    return until(`a task of ${handle.workflowId} that is ${state}`, 60, () => {
      const [task] = this.tasksOf(handle);
      return state === 'made' || task?.programs ? task : undefined;
    });
  }
}

/** How each task of a run really ended: why it was stopped, and with which exit code. */
export const endsOf = (tasks: readonly RealTask[]) =>
  tasks.map((task) => [task.end ? task.stop?.stopCode : 'alive', exitCodeOf(task)]);
