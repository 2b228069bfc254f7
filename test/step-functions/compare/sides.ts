import type { Manifest } from '@etl/pipeline/manifest';
import type { Side, StepRun } from '../../../step-functions/compare/side';

const totals = { rowsRead: 30, rowsWritten: 30, rowsBlank: 0, rowsRejected: 0, datesCoerced: 0 };

export function manifest(changes: Partial<Manifest> = {}): Manifest {
  return {
    version: 1,
    runId: 'run',
    generation: 1,
    runStartedAt: '2026-02-08T00:00:00.000Z',
    program: '@etl/image@1',
    optionsHash: 'o',
    source: { uri: 'file:///x.csv', bytes: 100, fingerprint: 'f' },
    batchDate: '2026-02-08',
    dataset: 'ventas',
    schema: [{ name: 'id', type: 'integer', sourceName: 'ID' }],
    parts: [
      { file: 'part-00001.parquet', rows: 30, bytes: 50, sha256: 'aa', location: 'work/run-1/part-00001.parquet' },
    ],
    totals,
    chunks: 1,
    reused: 0,
    startedAt: '2026-02-08T00:00:00.000Z',
    finishedAt: '2026-02-08T00:00:01.000Z',
    resources: {
      peakMemoryMiB: 1,
      cpuSeconds: 1,
      wallSeconds: 1,
      bytesRead: 1,
      bytesWritten: 1,
      rowsPerSecond: 1,
      cpus: 1,
      memoryMiB: 1,
      threads: 1,
    },
    warnings: [],
    ...changes,
  };
}

export const step = (name: string, changes: Partial<StepRun> = {}): StepRun => ({
  name,
  startedAt: 1_000,
  endedAt: 2_500,
  attempts: 1,
  waits: [],
  ...changes,
});

const size = { cpu: 2048, memoryMiB: 8192 };
const success = { topic: 'etl-success', subject: 'ETL completado', firstLine: 'ETL completado para 2026-02-08' };

export function temporal(changes: Partial<Side> = {}): Side {
  return {
    engine: 'Temporal',
    status: 'SUCCEEDED',
    failureType: null,
    reason: null,
    startedAt: 0,
    endedAt: 2_000,
    steps: [
      step('validate'),
      step('transform', { attempts: 2, waits: [60], error: 'TaskFailed' }),
      step('notifySuccess'),
    ],
    messages: [success],
    deadLetters: [],
    manifest: manifest(),
    apiCalls: { 'ecs:RunTask': 2, 'ecs:DescribeTasks': 1200, 'sns:Publish': 1 },
    billed: { unit: 'actions', count: 9, byKind: { activities: 7, timers: 2 } },
    functions: [],
    tasks: [{ size, spot: false, seconds: 60 }],
    notes: ['heartbeats are estimated'],
    ...changes,
  };
}

export function stepFunctions(changes: Partial<Side> = {}): Side {
  return {
    ...temporal(),
    engine: 'Step Functions (interpreter)',
    steps: [step('validate'), step('IsValid'), step('transform'), step('notifySuccess'), step('Delivered')],
    apiCalls: { 'lambda:Invoke': 2, 'ecs:RunTask': 1, 'sns:Publish': 1 },
    billed: { unit: 'state transitions', count: 6 },
    functions: [{ name: 'validateInput', seconds: 0.25, memoryMiB: 512 }],
    notes: ['one process'],
    ...changes,
  };
}

/** Returns the changes for a run that failed with this type. */
export function failed(failureType: string): Partial<Side> {
  const event = { detail: { s3Key: 'file:///x.csv' } };
  return {
    status: 'FAILED',
    failureType,
    reason: 'why',
    manifest: null,
    messages: [{ topic: 'etl-alerts', subject: 's', firstLine: `ETL FALLIDO: ${failureType}` }],
    deadLetters: [{ failureType, event }],
  };
}
