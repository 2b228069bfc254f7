import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EndRecord, ProgramsRecord, StopRecord, TaskRecord } from '@etl/fargate/state/records';

/** The actual history of a task, from the files of the endpoint. */
export interface RealTask {
  readonly arn: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly generation: number;
  /** Fingerprint of the validated content. */
  readonly fingerprint: string | undefined;
  readonly createdAt: number;
  /** Whether it never becomes STOPPED after it has ended. */
  readonly isStuck: boolean;
  readonly spot: boolean;
  readonly size: { readonly cpu: number; readonly memoryMiB: number };
  readonly programs?: ProgramsRecord;
  readonly stop?: StopRecord;
  readonly end?: EndRecord;
}

/** Returns every task in order of creation. */
export function readTasks(ecsFolder: string): RealTask[] {
  const root = join(ecsFolder, 'tasks');
  const read = <T>(id: string, name: string): T | undefined => {
    try {
      return JSON.parse(readFileSync(join(root, id, name), 'utf8')) as T;
    } catch {
      return undefined;
    }
  };
  const ids = existsSync(root) ? readdirSync(root) : [];
  const tasks = ids.flatMap((id) => {
    const record = read<TaskRecord>(id, 'task.json');
    const environment = record?.containers[0]?.environment;
    if (!record || !environment) return [];
    const [programs, stop, end] = [
      read<ProgramsRecord>(id, 'programs.json'),
      read<StopRecord>(id, 'stop.json'),
      read<EndRecord>(id, 'end.json'),
    ];
    return {
      arn: record.description.taskArn,
      workflowId: environment.WORKFLOW_ID ?? '',
      runId: environment.RUN_ID ?? '',
      generation: Number(environment.GENERATION),
      fingerprint: environment.SOURCE_FINGERPRINT,
      createdAt: record.createdAt,
      isStuck: record.stuckStop !== undefined,
      spot: record.description.capacityProviderName === 'FARGATE_SPOT',
      size: { cpu: Number(record.description.cpu), memoryMiB: Number(record.description.memory) },
      ...(programs && { programs }),
      ...(stop && { stop }),
      ...(end && { end }),
    };
  });
  return tasks.sort((a, b) => a.createdAt - b.createdAt);
}

/** Returns the exit code of the ETL program, as recorded by the supervisor. */
export const exitCodeOf = (task: RealTask): number | undefined => task.end?.containers[0]?.exitCode;
