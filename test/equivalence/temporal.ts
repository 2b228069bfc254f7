import { ApplicationFailure, WorkflowClient, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { Rig } from '../support/rig';
import { EndlessRetriesError, scenarioActivities } from './activities';
import { type Contract, contractOf } from './contract';
import { readHistory } from './history';
import type { Scenario } from './scenarios';
import { newRun, type Seen } from './seen';
import type { Trace } from './trace';
import { events, type Validations } from './world';

export interface TemporalRun {
  readonly trace: Trace;
  readonly contract: Contract;
  /** Waits that the server made shorter or much longer than the retry policy in the history requires. */
  readonly oddWaits: readonly string[];
}

const mostServers = 3;

/**
 * Runs the scenarios concurrently on one server and one worker, and replays the executions. Returns the runs by
 * scenario name. Starts over on a new server when one retries without end.
 */
export async function runOnTemporal(
  scenarios: readonly Scenario[],
  validated: ReadonlyMap<Scenario['event'], Validations>,
): Promise<ReadonlyMap<string, TemporalRun>> {
  for (let servers = 1; ; servers++) {
    const rig = await Rig.start();
    let endless: (error: Error) => void = () => undefined;
    const hung = new Promise<never>((_, reject) => {
      endless = reject;
    });
    hung.catch(() => undefined);
    try {
      const results = await Promise.race([runOn(rig, scenarios, validated, endless), hung]);
      await rig.stop();
      return results;
    } catch (error) {
      await rig.abandon();
      if (!(error instanceof EndlessRetriesError) || servers === mostServers) throw error;
    }
  }
}

async function runOn(
  rig: Rig,
  scenarios: readonly Scenario[],
  validated: ReadonlyMap<Scenario['event'], Validations>,
  endless: (error: Error) => void,
): Promise<ReadonlyMap<string, TemporalRun>> {
  const runs = new Map<string, Seen>();
  return rig.with(scenarioActivities(rig, runs, validated, endless), async (start) => {
    const all: [string, TemporalRun][] = [];
    for (const group of groups(scenarios)) all.push(...(await runTogether(rig, group, runs, start)));
    return new Map(all);
  });
}

/** A larger group exceeds the worker's workflow cache, and its runs wait for each other. */
const atOnce = 60;

/** Groups the scenarios. All runs of a group share one time, so scenarios that lock it form their own group. */
function groups(scenarios: readonly Scenario[]): Scenario[][] {
  const timed = scenarios.filter(({ timedByServer }) => timedByServer);
  const others = scenarios.filter(({ timedByServer }) => !timedByServer);
  const count = Math.ceil(others.length / atOnce);
  return [timed, ...Array.from({ length: count }, (_, index) => others.slice(index * atOnce, (index + 1) * atOnce))];
}

type Start = (event: unknown, workflowId: string) => Promise<WorkflowHandle>;

async function runTogether(
  rig: Rig,
  scenarios: readonly Scenario[],
  runs: Map<string, Seen>,
  start: Start,
): Promise<[string, TemporalRun][]> {
  const started: [Seen, () => void][] = [];
  for (const scenario of scenarios) {
    const { promise, resolve } = deferred();
    const seen = newRun(scenario, promise);
    runs.set(scenario.name, seen);
    await start(events[scenario.event], scenario.name);
    started.push([seen, resolve]);
  }
  const ended = await withTimeSkipping(rig, () =>
    Promise.all(
      started.map(async ([seen, isOver]): Promise<[Seen, Trace['end']]> => {
        const end = await endOf(plainHandle(rig, seen.scenario.name));
        isOver();
        return [seen, end];
      }),
    ),
  );
  return Promise.all(
    ended.map(async ([seen, end]): Promise<[string, TemporalRun]> => {
      const { scenario, messages, deadLetters } = seen;
      const history = readHistory(await rig.historyOf(scenario.name), seen);
      const trace = { stages: history.stages, end, messages, deadLetters };
      return [scenario.name, { trace, contract: contractOf(history), oddWaits: history.oddWaits }];
    }),
  );
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((onResolve) => {
    resolve = onResolve;
  });
  return { promise, resolve };
}

/**
 * Returns a handle that does not affect the server's time: the environment's client unlocks it once for each result.
 */
const plainHandle = (rig: Rig, workflowId: string): WorkflowHandle =>
  new WorkflowClient({ connection: rig.env.connection }).getHandle(workflowId);

async function withTimeSkipping<T>(rig: Rig, work: () => Promise<T>): Promise<T> {
  await rig.env.connection.testService?.unlockTimeSkipping({});
  try {
    return await work();
  } finally {
    await rig.env.connection.testService?.lockTimeSkipping({});
  }
}

async function endOf(handle: WorkflowHandle): Promise<Trace['end']> {
  try {
    await handle.result();
    return { status: 'succeeded' };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError) || !(error.cause instanceof ApplicationFailure)) throw error;
    return { status: 'failed', failureType: error.cause.type ?? 'none' };
  }
}
