import { count } from '@etl/lib/amounts';
import { taskQueues } from '@etl/pipeline/definition';
import { connectClient } from '../config/connection';
import { places } from '../local/places';
import { partsOf, runningTasks } from '../local/system/leftovers';
import { killedSystems, type LocalSystemEntry, runningSystems, type SystemPart } from '../local/system/localSystems';
import { etlCommand, etlCommandIn } from './hints';

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

/** The local systems of this user, as `etl status --json` prints them. */
export interface LocalSystems {
  readonly systems: readonly SystemStatus[];
  readonly killed: readonly KilledStatus[];
}

/** Reads all running and killed systems. */
export async function readSystems(): Promise<LocalSystems> {
  const [systems, killed] = await Promise.all([
    Promise.all(runningSystems().map(statusOf)),
    Promise.all(killedSystems().map(killedStatusOf)),
  ]);
  return { systems, killed };
}

/** Returns one line about all systems, then the details of each. */
export function describeSystems({ systems, killed }: LocalSystems): string[] {
  const lines = [...systems.flatMap(describe), ...killed.flatMap(describeKilled)];
  const first = systems.length === 1 ? systems.map(describeShort) : [`${systems.length} local systems are running`];
  if (systems.length === 0) return [`No local system is running. Start one: ${etlCommand('up')}`, '', ...lines];
  return [...first, '', ...lines];
}

function describeShort({ temporalAnswers, ecsAnswers, workers, ended }: SystemStatus): string {
  const silent = [...(temporalAnswers ? [] : ['Temporal']), ...(ecsAnswers ? [] : ['Fargate'])];
  const facts = [
    silent.length === 0 ? 'running' : `${silent.join(' and ')} not answering`,
    workers === 0 ? 'NO WORKER' : count(workers, 'worker'),
    ...(ended.length === 0 ? [] : [`${count(ended.length, 'part')} being restarted`]),
  ];
  return `Local system: ${facts.join(', ')}`;
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
    `Killed    process ${pid}, started ${since}`,
    `Remaining ${left.length === 0 ? 'no processes' : left.join(', ')}`,
    `Clean up  ${etlCommandIn(stateDir, 'down')}`,
    '',
  ];
}
