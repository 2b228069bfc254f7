import { randomFrom } from '../support/random';
import { type EventName, eventNames, type LaunchName, launchNames } from './world';

/**
 * How one attempt of a call ends. `conflict`: validation finds the batch delivered from another source. `misconfigured` and
 * `credentials`, which are refused for now: for the functions alone, whose errors have names.
 */
export type CallEnd = 'ok' | 'error' | 'timeout' | 'conflict' | 'misconfigured' | 'credentials';

/** The attempts of a call, one by one; all further ones end as `rest` says. */
export interface CallPlan {
  readonly first: readonly CallEnd[];
  readonly rest: CallEnd;
}

export type Answer = 'delivered' | 'missing' | 'superseded';

/** One run, as the world makes it go, whatever the engine. */
export interface Scenario {
  readonly name: string;
  readonly event: EventName;
  readonly validate: CallPlan;
  /** How launches end, one by one; the last stands for all further ones. */
  readonly launches: readonly LaunchName[];
  /** What the commit log says after the launch of the same place; the last stands for all further ones. */
  readonly answers: readonly Answer[];
  readonly confirm: CallPlan;
  readonly notify: CallPlan;
  readonly deadLetters: CallPlan;
  /** Its one timeout is the server's own, and not an attempt that fails as after one (see temporal.ts). */
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

/** What a run must meet so that the call is made at all. */
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

/** Half a day of launches, or a quarter of an hour of calls for each: such launches do not go on for ever here. */
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
    scenario('no commit, ever', { answers: ['missing'] }),
    scenario('no commit at first', { answers: ['missing', 'delivered'] }),
    scenario('no commit, then superseded', { answers: ['missing', 'superseded'] }),
    scenario('superseded', { answers: ['superseded'] }),
    scenario('superseded after a failed task', { launches: ['exit75', 'done'], answers: ['superseded'] }),
    scenario('a failed task, then no commit', { launches: ['exit75', 'done'], answers: ['missing'] }),
    scenario('delivered before', { event: 'delivered before' }),
    scenario('delivered before, and the commit is gone', { event: 'delivered before', answers: ['missing'] }),
    scenario('delivered from another source', { validate: { first: [], rest: 'conflict' } }),
    scenario('delivered from another source, after an error', { validate: { first: ['error'], rest: 'conflict' } }),
    scenario('the longest timeout of the event', { event: 'two hours', launches: ['running'] }),
  ];
}

/** One of everything: each event, each way a launch ends, each call in each of its ways. */
export const enumerated: readonly Scenario[] = [
  scenario('delivered'),
  ...events(),
  ...callPlans(),
  ...misconfigured(),
  ...messages(),
  ...launches(),
  ...commits(),
];

/** Runs that nobody has thought of; the same for the same seed. */
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

/** Returns the item for launch, attempt or answer `number` (1, 2, …; 0, before any launch, stands for the first). */
export const nth = <T>(list: readonly T[], number: number): T =>
  list[Math.min(Math.max(number, 1), list.length) - 1] as T;

/** How attempt `number` (1, 2, …) of a call ends. */
export const callEnd = ({ first, rest }: CallPlan, number: number): CallEnd => first[number - 1] ?? rest;
