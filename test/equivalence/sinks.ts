import { layout } from '@etl/pipeline/layout';
import type { Plan } from '@etl/pipeline/plan';
import { ThrottledError } from '../../activities/ports';
import type { SinkPorts } from '../../activities/sinks/applySink';
import { prepare } from '../storage/support/batches';
import { createFakeSinks, type FakeApplication, fakeSinksOf } from '../support/fakeSinks';
import { createMemoryStore } from '../support/memoryStore';
import type { Scenario } from './scenarios';
import type { AttemptEnd } from './trace';
import type { Validations } from './world';

const applied = { state: 'applied', detail: 'applied' } as const;
const conflict = { state: 'failed', reason: 'serializable isolation violation', retry: true } as const;

/** What a sink does with one application of the commit. `away`: its first call is throttled. `long`: three polls find its statement running. */
export const sinkApplications = {
  applied: { end: applied },
  superseded: { end: { state: 'superseded' }, polls: 0 },
  conflict: { end: conflict },
  refused: { end: { state: 'failed', reason: 'another dataset owns the table', retry: false } },
  statement: { end: applied, polls: 0 },
  'statement in conflict': { end: conflict, polls: 0 },
  long: { end: applied, polls: 3 },
  away: { end: applied, errors: [new ThrottledError('Rate exceeded')] },
} as const satisfies Record<string, FakeApplication>;

export type SinkApplication = keyof typeof sinkApplications;

/** The applications of each sink, in order; the last one is repeated. */
export type SinkPlans = Readonly<Record<string, readonly SinkApplication[]>>;

/** Returns the validations of a scenario's event, whose plan has the sinks of the scenario. */
export function withSinks({ activity, lambda }: Validations, { sinks }: Scenario): Validations {
  if (!sinks || !activity.valid || !lambda.valid) return { activity, lambda };
  const declared = fakeSinksOf(...Object.keys(sinks));
  return {
    activity: { ...activity, plan: { ...activity.plan, sinks: declared } },
    lambda: { ...lambda, hasSinks: true, plan: { ...lambda.plan, sinks: declared } },
  };
}

/** Creates the sinks of a scenario, and a store with the commit of its batch. */
export async function sinkPortsOf(
  { sinks = {} }: Scenario,
  { destination, batch }: Pick<Plan, 'destination' | 'batch'>,
): Promise<SinkPorts> {
  const store = createMemoryStore();
  const place = layout(destination, batch);
  const manifest = await prepare(store, place, { name: 'r1', startedAt: 1, parts: 0 });
  await store.write(place.commit(1), JSON.stringify(manifest));
  const plans = Object.entries(sinks).map(([name, plan]) => [name, plan.map((each) => sinkApplications[each])]);
  return { store, sinks: createFakeSinks(Object.fromEntries(plans)).writers };
}

/** Outcome of one application to one sink: `again` is a failure that may pass. */
export type SinkEnd = 'ok' | 'again' | 'behind' | 'running';

/**
 * Returns the attempts of the stage from the ends of each round: all sinks that have not ended are applied together. A
 * round fails if one of its sinks has to be applied again, and the last round if a sink lacks the commit.
 */
export function stageAttempts(rounds: readonly (readonly (readonly AttemptEnd[])[])[]): AttemptEnd[] {
  const all = rounds.flat(2);
  return rounds.flatMap((sinks, index) => {
    const isLast = index === rounds.length - 1;
    const calls = [...sinks].sort((a, b) => b.length - a.length)[0] ?? [];
    const ends = sinks.map((each) => each.at(-1) ?? 'none');
    const thrown = ends.find((end) => !['ok', 'again', 'behind'].includes(end));
    const end = thrown ?? (isLast ? (all.includes('behind') || ends.includes('again') ? 'behind' : 'ok') : 'error');
    return [...calls.slice(0, -1), end];
  });
}
