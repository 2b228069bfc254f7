import { count } from '@etl/lib/amounts';
import { taskQueues } from '@etl/pipeline/definition';
import { connectClient } from '../../config/connection';
import { type LocalSystemEntry, runningSystems } from '../../local/system/localSystems';
import { cliExitCodes } from '../errors';
import { etlCommand } from '../hints';
import { printJson, printLines } from '../output';

export interface StatusOptions {
  readonly json?: boolean;
}

/** A running system, and what answers in it. */
interface SystemStatus extends Pick<LocalSystemEntry, 'stateDir' | 'since' | 'pid' | 'temporal' | 'ecs'> {
  readonly ui: string | null;
  readonly temporalAnswers: boolean;
  readonly ecsAnswers: boolean;
  /** Workers that polled in the last minutes. */
  readonly workers: number;
}

/** Prints all running systems. The exit code is `unavailable` if there is none. */
export async function status({ json }: StatusOptions): Promise<void> {
  const systems = await Promise.all(runningSystems().map(statusOf));
  if (json) printJson({ systems });
  else
    printLines(
      systems.length > 0 ? systems.flatMap(describe) : [`No local system is running. Start one: ${etlCommand('up')}`],
    );
  if (systems.length === 0) process.exitCode = cliExitCodes.unavailable;
}

async function statusOf(entry: LocalSystemEntry): Promise<SystemStatus> {
  const { stateDir, since, pid, temporal, ui = null, ecs } = entry;
  const [workers, ecsAnswers] = await Promise.all([workersOf(entry), answers(ecs)]);
  return {
    stateDir,
    since,
    pid,
    temporal,
    ui,
    ecs,
    temporalAnswers: workers !== undefined,
    ecsAnswers,
    workers: workers ?? 0,
  };
}

/** Returns the number of workers of the task queue; undefined if Temporal does not answer. */
async function workersOf({ environment }: LocalSystemEntry): Promise<number | undefined> {
  try {
    const { client, connection } = await connectClient({ ...process.env, ...environment });
    try {
      const namespace = client.options.namespace;
      const request = { namespace, taskQueue: { name: taskQueues.main }, taskQueueType: 1 };
      const { pollers = [] } = await client.workflowService.describeTaskQueue(request);
      return pollers?.length ?? 0;
    } finally {
      await connection.close();
    }
  } catch {
    return undefined;
  }
}

const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    () => true,
    () => false,
  );

function describe({
  stateDir,
  since,
  pid,
  temporal,
  temporalAnswers,
  ui,
  ecs,
  ecsAnswers,
  workers,
}: SystemStatus): string[] {
  const state = (isFine: boolean): string => (isFine ? '' : '  does not answer');
  return [
    `State     ${stateDir}`,
    `Process   ${pid}, since ${since}`,
    `Temporal  ${temporal}${state(temporalAnswers)}`,
    ...(ui === null ? [] : [`Web UI    ${ui}`]),
    `Fargate   ${ecs}${state(ecsAnswers)}`,
    `Workers   ${workers === 0 ? 'none polls' : count(workers, 'worker')}`,
    '',
  ];
}
