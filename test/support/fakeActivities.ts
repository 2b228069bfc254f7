import type { TaskEnd } from '@etl/pipeline/failures/taskEnd';
import { activityInfo, Context } from '@temporalio/activity';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { EtlActivities } from '../../activities/contract';
import type { Call } from './rig';
import { samplePlan } from './samplePlan';

export const delivered = {
  kind: 'delivered',
  commit: 1,
  byThisRun: true,
  published: 'file:///lake/ventas/batch_date=2026-02-08/source=ventas_2026_02',
  parts: 1,
  totals: { rowsRead: 10, rowsWritten: 9, rowsBlank: 1, rowsRejected: 0, datesCoerced: 0 },
  warnings: [],
} as const;

/**
 * The happy path; a test replaces the activities under test. Records every call with the server's time, except the
 * look-up of search attributes, which every run makes at its end.
 */
export function fakeActivities(changes: Partial<EtlActivities> = {}): { activities: EtlActivities; calls: Call[] } {
  const calls: Call[] = [];
  const all: EtlActivities = {
    validateInput: async () => ({ valid: true, plan: samplePlan() }),
    launchTask: async ({ generation }) => ({ kind: 'launched', taskArn: `arn:task/${generation}`, generation }),
    awaitTask: async ({ taskArn }) => ({
      taskArn,
      status: 'stopped',
      stopCode: 'EssentialContainerExited',
      exitCode: 0,
      logTail: [],
    }),
    stopTask: async ({ taskArn }) => ({ taskArn, status: 'stopped', stopCode: 'UserInitiated', logTail: [] }),
    findTasks: async () => [],
    findOrphans: async () => ({ examined: 0, orphans: [], unknown: [] }),
    convertLight: async () => ({ exitCode: 0, seconds: 1, logTail: [] }),
    planBatch: async () => ({ valid: false, reasons: ['no batch in this test'] }),
    listFiles: async () => ({ files: [] }),
    awaitRuns: async () => [],
    recordResults: async () => ({ uri: 'file:///lake/results' }),
    confirmWork: async () => true,
    confirmCommit: async () => delivered,
    notify: async () => ({ messageId: 'm1' }),
    sendToDeadLetters: async () => ({ letterId: 'l1' }),
    registeredAttributes: async () => [],
    reportLineage: async () => undefined,
    applySink: async ({ name }) => ({ state: 'applied', commit: 1, detail: `applied to ${name}` }),
    awaitSink: async ({ name, commit }) => ({ state: 'applied', commit, detail: `applied to ${name}` }),
    cancelSink: async () => undefined,
    listSinkWork: async () => ({ work: [], current: 0 }),
    findLate: async () => ({ batches: 0, alerts: [], more: 0, unread: [] }),
    recordLate: async () => undefined,
    recordCheck: async () => undefined,
    ...changes,
  };
  const recording = Object.entries(all).map(([name, activity]) => [
    name,
    (input: never) => {
      const atSeconds = activityInfo().currentAttemptScheduledTimestampMs / 1000;
      if (name !== 'registeredAttributes') calls.push({ name, input, atSeconds });
      return (activity as (input: never) => Promise<unknown>)(input);
    },
  ]);
  return { activities: Object.fromEntries(recording) as unknown as EtlActivities, calls };
}

export function names(calls: readonly Call[]): string[] {
  return calls.map((call) => call.name);
}

/** Returns the end of a task whose container exits. */
export const exited = (taskArn: string, exitCode: number): TaskEnd => ({
  taskArn,
  status: 'stopped',
  stopCode: 'EssentialContainerExited',
  exitCode,
  logTail: ['last line'],
});

/** Returns the failure of a run. */
export async function failureOf(handle: WorkflowHandle): Promise<ApplicationFailure> {
  const error = await handle.result().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(WorkflowFailedError);
  const { cause } = error as WorkflowFailedError;
  expect(cause).toBeInstanceOf(ApplicationFailure);
  return cause as ApplicationFailure;
}

/** Waits in real time until a condition holds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries++) {
    if (tries > 200) throw new Error('the condition was not met within 200 tries');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** An awaitTask for a task that never ends. */
export async function waitForCancel(): Promise<never> {
  const timer = setInterval(() => Context.current().heartbeat(), 100);
  try {
    return await Context.current().cancelled;
  } finally {
    clearInterval(timer);
  }
}
