import { randomFrom } from '../support/random';
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
  notify: works,
  deadLetters: works,
} as const satisfies Omit<Scenario, 'name'>;

const scenario = (name: string, changes: Partial<Scenario> = {}): Scenario => ({ ...happy, name, ...changes });

const calls = ['validate', 'confirm', 'notify', 'deadLetters'] as const;
type Call = (typeof calls)[number];

function misconfigured(): Scenario[] {
  return (['validate', 'confirm'] as const).flatMap((call) => [
    scenario(`${call} is misconfigured`, { [call]: { first: ['misconfigured'], rest: 'ok' } }),
    scenario(`${call} fails, then is misconfigured`, { [call]: { first: ['error', 'misconfigured'], rest: 'ok' } }),
    scenario(`${call} has no credentials at first`, { [call]: { first: Array(4).fill('credentials'), rest: 'ok' } }),
    scenario(`${call} never has credentials`, { [call]: { first: [], rest: 'credentials' } }),
  ]);
}

/** The changes that make a run reach the call. */
const reaches: Record<Call, Partial<Scenario>> = {
  validate: {},
  confirm: {},
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
        ...(how === 'times out once' && { timedByServer: true }),
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

/** Every event, every outcome of a launch, and every plan of each call, once each. */
export const enumerated: readonly Scenario[] = [
  scenario('delivered'),
  ...events(),
  ...callPlans(),
  ...misconfigured(),
  ...messages(),
  ...launches(),
  ...commits(),
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
  }));
}

/** Returns the item for launch, attempt or answer `number` (1, 2, …; 0, before any launch, returns the first). */
export const nth = <T>(list: readonly T[], number: number): T =>
  list[Math.min(Math.max(number, 1), list.length) - 1] as T;

/** Returns the outcome of attempt `number` (1, 2, …) of a call. */
export const callEnd = ({ first, rest }: CallPlan, number: number): CallEnd => first[number - 1] ?? rest;
