import { randomFrom } from '../support/random';
import type { SinkApplication, SinkPlans } from './sinks';
import { type EventName, eventNames, type LaunchName, launchNames } from './world';

/**
 * Outcome of one attempt of a call. `conflict`: validation finds the batch delivered from another source.
 * `misconfigured` and `credentials` (temporarily rejected credentials) concern only the functions, whose errors have
 * names.
 */
export type CallEnd = 'ok' | 'error' | 'timeout' | 'conflict' | 'misconfigured' | 'credentials';

/** Outcomes of the attempts of a call in order; `rest` is the outcome of all further attempts. */
export interface CallPlan {
  readonly first: readonly CallEnd[];
  readonly rest: CallEnd;
}

export type Answer = 'delivered' | 'missing' | 'superseded';

/** The conditions of one run, independent of the engine. */
export interface Scenario {
  readonly name: string;
  readonly event: EventName;
  readonly validate: CallPlan;
  /** Outcomes of the launches in order; the last one applies to all further launches. */
  readonly launches: readonly LaunchName[];
  /** Result of the commit log after each launch; the last one applies to all further launches. */
  readonly answers: readonly Answer[];
  readonly confirm: CallPlan;
  /** Sinks of the dataset, by name; absent if there are none. */
  readonly sinks?: SinkPlans;
  /** Calls that apply the commit; planned only for a single sink that applies it. */
  readonly applySinks: CallPlan;
  readonly notify: CallPlan;
  readonly deadLetters: CallPlan;
  /** Its only timeout is enforced by the server instead of being simulated by a failed attempt (see temporal.ts). */
  readonly timedByServer?: true;
}

const works: CallPlan = { first: [], rest: 'ok' };

const happy = {
  event: 'valid',
  validate: works,
  launches: ['done'],
  answers: ['delivered'],
  confirm: works,
  applySinks: works,
  notify: works,
  deadLetters: works,
} as const satisfies Omit<Scenario, 'name'>;

const scenario = (name: string, changes: Partial<Scenario> = {}): Scenario => ({ ...happy, name, ...changes });

const calls = ['validate', 'confirm', 'applySinks', 'notify', 'deadLetters'] as const;
type Call = (typeof calls)[number];

function misconfigured(): Scenario[] {
  const plans: readonly [string, CallPlan][] = [
    ['is misconfigured', { first: ['misconfigured'], rest: 'ok' }],
    ['fails, then is misconfigured', { first: ['error', 'misconfigured'], rest: 'ok' }],
    ['has no credentials at first', { first: Array(4).fill('credentials'), rest: 'ok' }],
    ['never has credentials', { first: [], rest: 'credentials' }],
  ];
  return (['validate', 'confirm', 'applySinks'] as const).flatMap((call) =>
    plans.map(([how, plan]) => scenario(`${call} ${how}`, { ...reaches[call], [call]: plan })),
  );
}

/** The changes that make a run reach the call. */
const reaches: Record<Call, Partial<Scenario>> = {
  validate: {},
  confirm: {},
  applySinks: { sinks: { catalog: ['applied'] } },
  notify: {},
  deadLetters: { launches: ['exit75'], answers: ['missing'] },
};

function callPlans(): Scenario[] {
  const plans: [string, CallPlan][] = [
    ...[1, 2, 3, 5, 8].map((times): [string, CallPlan] => [
      `fails ${times} times`,
      { first: Array(times).fill('error'), rest: 'ok' },
    ]),
    ['always fails', { first: [], rest: 'error' }],
    ['times out once', { first: ['timeout'], rest: 'ok' }],
    ['times out three times', { first: ['timeout', 'timeout', 'timeout'], rest: 'ok' }],
    ['always times out', { first: [], rest: 'timeout' }],
    ['times out, then fails', { first: ['timeout', 'error'], rest: 'ok' }],
  ];
  return calls.flatMap((call) =>
    plans.map(([how, plan]) =>
      scenario(`${call} ${how}`, {
        ...reaches[call],
        [call]: plan,
        // The heartbeat timeout of this activity is shorter than its timeout.
        ...(how === 'times out once' && call !== 'applySinks' && { timedByServer: true }),
      }),
    ),
  );
}

function messages(): Scenario[] {
  const away: CallPlan = { first: [], rest: 'error' };
  const twice: CallPlan = { first: ['error', 'error'], rest: 'ok' };
  const ways: [string, Partial<Scenario>][] = [
    ['invalid', { event: 'no date' }],
    ['failed', { launches: ['exit75'], answers: ['missing'] }],
    ['timed out', { launches: ['running'], answers: ['missing'] }],
    ['superseded', { answers: ['superseded'] }],
    ['without validation', { validate: away }],
  ];
  return ways.flatMap(([way, changes]) => [
    scenario(`${way}, and no alert can be sent`, { ...changes, notify: away }),
    scenario(`${way}, and no letter can be kept`, { ...changes, deadLetters: away }),
    scenario(`${way}, and neither alert nor letter`, { ...changes, notify: away, deadLetters: away }),
    scenario(`${way}, alert and letter at the third attempt`, { ...changes, notify: twice, deadLetters: twice }),
  ]);
}

/**
 * Launches with long retries, of half a day or a quarter of an hour of calls each: scenarios do not repeat them
 * forever.
 */
const endless: readonly LaunchName[] = ['noCapacity', 'refusedForCapacity', 'throttled', 'unanswered'];

function launches(): Scenario[] {
  return launchNames
    .filter((name) => name !== 'done')
    .flatMap((name) => {
      const once = scenario(`${name} once`, { launches: [name, 'done'] });
      if (name === 'throttled' || name === 'unanswered') return [once];
      const twice = scenario(`${name} twice`, { launches: [name, name, 'done'] });
      if (endless.includes(name)) return [once, twice];
      return [
        once,
        twice,
        scenario(`${name} always, no commit`, { launches: [name], answers: ['missing'] }),
        scenario(`${name} always, after its commit`, { launches: [name] }),
      ];
    });
}

function events(): Scenario[] {
  const unread = ['null', 'a list', 'a string', 'a number', 'an empty object'] as const;
  return [
    ...eventNames.map((event) => scenario(`event: ${event}`, { event })),
    ...unread.map((event) =>
      scenario(`event: ${event}; validation away`, { event, validate: { first: [], rest: 'error' } }),
    ),
  ];
}

function commits(): Scenario[] {
  return [
    scenario('never a commit', { answers: ['missing'] }),
    scenario('no commit at first', { answers: ['missing', 'delivered'] }),
    scenario('no commit, then superseded', { answers: ['missing', 'superseded'] }),
    scenario('superseded', { answers: ['superseded'] }),
    scenario('superseded after a failed task', { launches: ['exit75', 'done'], answers: ['superseded'] }),
    scenario('a failed task, then no commit', { launches: ['exit75', 'done'], answers: ['missing'] }),
    scenario('delivered before', { event: 'delivered before' }),
    scenario('delivered before, but the commit is missing', { event: 'delivered before', answers: ['missing'] }),
    scenario('delivered from another source', { validate: { first: [], rest: 'conflict' } }),
    scenario('delivered from another source, after an error', { validate: { first: ['error'], rest: 'conflict' } }),
    scenario('the longest timeout of the event', { event: 'two hours', launches: ['running'] }),
  ];
}

function sinks(): Scenario[] {
  const retry: readonly (readonly [string, SinkPlans])[] = [
    ['a catalog', { catalog: ['applied'] }],
    ['a statement', { warehouse: ['statement'] }],
    ['a sink with a newer commit', { warehouse: ['superseded'] }],
    ['a catalog and a warehouse', { catalog: ['applied'], warehouse: ['statement'] }],
    ['a conflict', { warehouse: ['conflict', 'applied'] }],
    ['two statements in conflict', { warehouse: ['statement in conflict', 'statement in conflict', 'statement'] }],
    ['as many conflicts as the budget has retries', { warehouse: [...Array(5).fill('conflict'), 'applied'] }],
    ['conflicts always', { warehouse: ['conflict'] }],
    ['a conflict of one of two', { catalog: ['applied'], warehouse: ['conflict', 'applied'] }],
    ['conflicts of both', { catalog: ['conflict', 'applied'], warehouse: ['conflict', 'conflict', 'statement'] }],
    ['a refusal', { catalog: ['refused'] }],
    ['a refusal after a conflict', { catalog: ['conflict', 'refused'] }],
    ['a refusal of one of two', { catalog: ['refused'], warehouse: ['statement'] }],
    [
      'a refusal and a conflict of three',
      { catalog: ['refused'], mirror: ['applied'], warehouse: ['conflict', 'applied'] },
    ],
    ['conflicts always of one of two', { catalog: ['applied'], warehouse: ['conflict'] }],
    ['a long statement', { warehouse: ['long'] }],
    ['a throttled call', { catalog: ['away'] }],
  ];
  const refused = { sinks: { catalog: ['refused'] } } as const;
  const away: CallPlan = { first: [], rest: 'error' };
  const applied = { sinks: { catalog: ['applied'] } } as const;
  return [
    ...retry.map(([name, plans]) => scenario(`sinks: ${name}`, { sinks: plans })),
    scenario('sinks of a batch that was delivered before', { event: 'delivered before', ...applied }),
    scenario('sinks of a batch that was delivered before, refused', { event: 'delivered before', ...refused }),
    scenario('sinks after a failed task', { launches: ['exit75', 'done'], ...applied }),
    scenario('sinks after a timeout with a commit', { launches: ['running'], ...applied }),
    scenario('sinks without a commit', { launches: ['exit75'], answers: ['missing'], ...applied }),
    scenario('sinks of invalid input', { event: 'no date', ...applied }),
    scenario('sinks refused, and no alert can be sent', { ...refused, notify: away }),
    scenario('sinks refused, and no letter can be kept', { ...refused, deadLetters: away }),
  ];
}

/** Every event, every outcome of a launch, and every plan of each call, once each. */
export const enumerated: readonly Scenario[] = [
  scenario('delivered'),
  ...events(),
  ...callPlans(),
  ...misconfigured(),
  ...messages(),
  ...launches(),
  ...commits(),
  ...sinks(),
];

/** Returns random scenarios; the same seed gives the same scenarios. */
export function randomScenarios(seed: number, count: number): Scenario[] {
  const random = randomFrom(seed);
  const plan = (): CallPlan => {
    if (random.chance(0.6)) return works;
    const end = (): CallEnd => (random.chance(0.1) ? 'timeout' : 'error');
    const first = Array.from({ length: random.below(4) }, end);
    return { first, rest: random.chance(0.05) ? end() : 'ok' };
  };
  const some = <T>(often: T, of: readonly T[], most: number): T[] =>
    Array.from({ length: 1 + random.below(most) }, () => (random.chance(0.6) ? often : random.pick(of)));
  const sinksOfBatch = (): Pick<Scenario, 'sinks' | 'applySinks'> => {
    if (random.chance(0.5)) return { applySinks: works };
    if (random.chance(0.3)) return { sinks: { catalog: ['applied'] }, applySinks: plan() };
    const of = () => some<SinkApplication>('applied', ['conflict', 'refused', 'statement'], 3);
    return { sinks: random.chance(0.5) ? { catalog: of() } : { catalog: of(), warehouse: of() }, applySinks: works };
  };
  const ending = launchNames.filter((name) => !endless.includes(name));
  return Array.from({ length: count }, (_, index) => ({
    name: `random ${seed}/${index}`,
    event: random.chance(0.8) ? 'valid' : random.pick(eventNames),
    validate: plan(),
    launches: some<LaunchName>(random.chance(0.6) ? 'done' : 'exit75', ending, 4),
    answers: some<Answer>('delivered', ['missing', 'superseded'], 3),
    confirm: plan(),
    notify: plan(),
    deadLetters: plan(),
    ...sinksOfBatch(),
  }));
}

/** Returns the item for launch, attempt or answer `number` (1, 2, …; 0, before any launch, returns the first). */
export const nth = <T>(list: readonly T[], number: number): T =>
  list[Math.min(Math.max(number, 1), list.length) - 1] as T;

/** Returns the outcome of attempt `number` (1, 2, …) of a call. */
export const callEnd = ({ first, rest }: CallPlan, number: number): CallEnd => first[number - 1] ?? rest;
