import { join } from 'node:path';
import { fileUri } from '@etl/pipeline/fileUri';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { writeSalesSample } from '../../../local/samples/ventas';
import { exitCodeOf, type RealTask, readTasks } from '../../chaos/records';
import { type LocalSystemUnderTest, until } from '../../support/system';

interface Slowness {
  readonly compute?: object;
  readonly workflowId?: string;
  /** The fewer, the longer it takes. */
  readonly chunkRows?: number;
}

/** Runs of a file that takes its container some seconds, on a system that is up. */
export class SlowRuns {
  private count = 0;
  private constructor(
    readonly system: LocalSystemUnderTest,
    private readonly file: string,
  ) {}

  static async on(system: LocalSystemUnderTest): Promise<SlowRuns> {
    const file = join(system.folder, 'slow.csv');
    await writeSalesSample(file, 16_000);
    return new SlowRuns(system, file);
  }

  async start(
    client: Client,
    { compute = {}, workflowId = `slow-${++this.count}`, chunkRows = 200 }: Slowness = {},
  ): Promise<WorkflowHandle> {
    const detail = {
      s3Key: fileUri(this.file),
      batchDate: '2026-02-08',
      dataset: workflowId,
      destination: fileUri(join(this.system.folder, 'out')),
      chunkRows,
      ...(Object.keys(compute).length > 0 && { compute }),
    };
    return client.workflow.start('etlPipeline', { workflowId, taskQueue: 'etl', args: [{ detail }] });
  }

  tasksOf({ workflowId }: WorkflowHandle): RealTask[] {
    return readTasks(join(this.system.stateDir, 'ecs')).filter((task) => task.workflowId === workflowId);
  }

  /** The only task of a run, once it is there; with `running`, once its program runs. */
  async task(handle: WorkflowHandle, state: 'made' | 'running' = 'running'): Promise<RealTask> {
    return until(`a task of ${handle.workflowId} that is ${state}`, 30, () => {
      const [task] = this.tasksOf(handle);
      return state === 'made' || task?.programs ? task : undefined;
    });
  }
}

/** How each task of a run really ended: why it was stopped, and with which exit code. */
export const endsOf = (tasks: readonly RealTask[]) =>
  tasks.map((task) => [task.end ? task.stop?.stopCode : 'alive', exitCodeOf(task)]);
