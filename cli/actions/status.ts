import { count } from '@etl/lib/amounts';
import { taskQueues } from '@etl/pipeline/definition';
import { connectClient } from '../../config/connection';
import { places } from '../../local/places';
import { partsOf, runningTasks } from '../../local/system/leftovers';
import { killedSystems, type LocalSystemEntry, runningSystems, type SystemPart } from '../../local/system/localSystems';
import { cliExitCodes } from '../errors';
import { etlCommand, etlCommandIn } from '../hints';
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
  /** Parts whose processes have ended. The system restarts them. */
  readonly ended: readonly string[];
}

/** A system that ended without stopping, and its processes that still run. */
interface KilledStatus extends Pick<LocalSystemEntry, 'stateDir' | 'since' | 'pid'> {
  readonly left: readonly string[];
}

/** Prints all running and killed systems. The exit code is `unavailable` if none is running. */
export async function status({ json }: StatusOptions): Promise<void> {
  const systems = await Promise.all(runningSystems().map(statusOf));
  const killed = await Promise.all(killedSystems().map(killedStatusOf));
  if (json) printJson({ systems, killed });
  else {
    const none = systems.length > 0 ? [] : [`No local system is running. Start one: ${etlCommand('up')}`];
    printLines([...systems.flatMap(describe), ...killed.flatMap(describeKilled), ...none]);
  }
  if (systems.length === 0) process.exitCode = cliExitCodes.unavailable;
}

async function killedStatusOf(entry: LocalSystemEntry): Promise<KilledStatus> {
  const { stateDir, since, pid } = entry;
  const left = [...partsOf(entry, 'running'), ...(await runningTasks(stateDir))];
  return { stateDir, since, pid, left: left.map(nameOf) };
}

const nameOf = (part: SystemPart): string => `${part.name} (process ${part.pid})`;

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
    ended: partsOf(entry, 'ended').map(nameOf),
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
  ended,
}: SystemStatus): string[] {
  const state = (isFine: boolean): string => (isFine ? '' : '  does not answer');
  return [
    `State     ${stateDir}`,
    `Process   ${pid}, since ${since}`,
    `Temporal  ${temporal}${state(temporalAnswers)}`,
    ...(ui === null ? [] : [`Web UI    ${ui}`]),
    `Fargate   ${ecs}${state(ecsAnswers)}`,
    `Workers   ${workers === 0 ? 'none polls' : count(workers, 'worker')}`,
    ...(ended.length === 0
      ? []
      : [`Ended     ${ended.join(', ')}: restarted within 30 s, see ${places(stateDir).logs}`]),
    '',
  ];
}

function describeKilled({ stateDir, since, pid, left }: KilledStatus): string[] {
  return [
    `State     ${stateDir}`,
    `Killed    process ${pid}, which ran since ${since}`,
    `Left      ${left.length === 0 ? 'nothing' : left.join(', ')}`,
    `Clean up  ${etlCommandIn(stateDir, 'down')}`,
    '',
  ];
}
