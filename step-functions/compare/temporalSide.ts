import { join } from 'node:path';
import { orAborted } from '@etl/lib/orAborted';
import type { Launch } from '@etl/pipeline/launches';
import { Client, Connection } from '@temporalio/client';
import { followPipeline, startPipeline } from '../../client/runPipeline';
import { getFreePort } from '../../local/freePort';
import { places } from '../../local/places';
import { reported } from '../../local/reported';
import { type LocalSystem, startSystem } from '../../local/system/system';
import { whileRunning } from '../../local/system/whileRunning';
import { callsBetween, ecsCalls } from './calls';
import { detailOf } from './event';
import { readDeadLetters, readMessages } from './letters';
import type { CompareRequest } from './request';
import type { Side } from './side';
import { actionsOf } from './temporal/actions';
import { type ActivityRun, activityRuns, timeOf } from './temporal/history';
import { stepsOf } from './temporal/steps';

const notes = [
  'heartbeats are not in the history: their number is estimated from the durations of activities',
  'queries are billed too; this run received none',
  'DescribeTasks: the local worker polls four times a second, a worker in AWS once a second, up to 100 tasks with one call (ETL_POLL_SECONDS)',
];
const scaledNote = 'heartbeats: their timeout is shortened with the waits, so there are more of them';

/** Runs the event on a separate local system, which is stopped before this returns or throws. */
export async function runOnTemporal(request: CompareRequest): Promise<Side> {
  const { signal, log } = request;
  const stateDir = join(request.workDir, 'state');
  const settings = {
    stateDir,
    temporalPort: await getFreePort(),
    uiPort: await getFreePort(),
    ecsPort: await getFreePort(),
    persistent: false,
    log,
    signal,
  };
  const starting = reported(log, 'Temporal: starting a server, a Fargate endpoint and a worker', () =>
    startSystem(settings),
  );
  return whileRunning(starting, signal, (system) =>
    reported(log, 'Temporal: running', () => orAborted(run(system, request, stateDir), signal)),
  );
}

async function run(system: LocalSystem, request: CompareRequest, stateDir: string): Promise<Side> {
  const connection = await Connection.connect({ address: system.temporal });
  try {
    const client = new Client({ connection });
    const detail = detailOf(request);
    const before = await ecsCalls(system.ecs);
    const handle = await startPipeline(client, detail, undefined);
    const report = await followPipeline(handle, detail);
    const calls = callsBetween(before, await ecsCalls(system.ecs));
    const history = await handle.fetchHistory();
    const activities = activityRuns(history);
    const byKind = actionsOf(history);
    const { outbox, deadLetters } = places(stateDir);
    return {
      engine: 'Temporal',
      status: report.status === 'COMPLETED' ? 'SUCCEEDED' : 'FAILED',
      failureType: report.failureType,
      reason: report.reason,
      startedAt: timeOf(history.events?.[0]),
      endedAt: timeOf(history.events?.at(-1)),
      steps: stepsOf(activities, report.launches),
      messages: await readMessages(outbox),
      deadLetters: await readDeadLetters(deadLetters),
      manifest: report.manifest,
      apiCalls: { ...calls, ...messageCalls(activities) },
      billed: { unit: 'actions', count: Object.values(byKind).reduce((sum, count) => sum + count, 0), byKind },
      functions: [],
      tasks: report.launches.flatMap(taskOf),
      notes: request.timeScale === 1 ? notes : [...notes, scaledNote],
    };
  } finally {
    await connection.close();
  }
}

/** Counts calls of messaging services: each attempt of these activities is one call. */
function messageCalls(activities: readonly ActivityRun[]): Record<string, number> {
  const attempts = (name: string) =>
    activities.filter(({ type }) => type === name).reduce((sum, run) => sum + run.attempts, 0);
  const calls = { 'sns:Publish': attempts('notify'), 'sqs:SendMessage': attempts('sendToDeadLetters') };
  return Object.fromEntries(Object.entries(calls).filter(([, count]) => count > 0));
}

/** Returns the task of a launch. A launch without a task has no size. */
function taskOf({ size, spot, seconds }: Launch): Side['tasks'] {
  return size && seconds !== undefined ? [{ size, spot, seconds }] : [];
}
