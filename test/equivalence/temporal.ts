import { credentials, steps } from '@etl/pipeline/definition';
import type { TaskEnd } from '@etl/pipeline/failures/taskEnd';
import { composeMessage } from '@etl/pipeline/messages/compose';
import type { Outcome, Subject } from '@etl/pipeline/messages/outcome';
import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure, WorkflowClient, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { CommitAnswer, EtlActivities, LaunchResult, Validation } from '../../activities/contract';
import { withCredentialRetries } from '../../activities/credentialRetries';
import { CredentialsError } from '../../activities/ports';
import { delivered, fakeActivities } from '../support/fakeActivities';
import { Rig } from '../support/rig';
import { type Contract, contractOf } from './contract';
import { readHistory } from './history';
import { type CallPlan, callEnd, nth, type Scenario } from './scenarios';
import { type SentMessage, sentMessage, type Trace } from './trace';
import { events, type LaunchEnd, launchEnds, type Validations } from './world';

/** One attempt of an activity, as its worker observed it. Times are server times in milliseconds. */
export interface Attempted {
  /** When the previous attempt failed. */
  readonly scheduledAt: number;
  readonly startedAt: number;
  readonly end: string;
}

/** What the activities recorded of a run. */
export interface Seen {
  readonly scenario: Scenario;
  /** By activity ID. */
  readonly attempts: Map<string, Attempted[]>;
  readonly inputs: Map<string, unknown>;
  readonly messages: Trace['messages'][number][];
  readonly deadLetters: Trace['deadLetters'][number][];
  /** Generation of the last launch. */
  generation: number;
  readonly over: Promise<void>;
}

export interface TemporalRun {
  readonly trace: Trace;
  readonly contract: Contract;
  /** Waits that the server made shorter or much longer than the retry policy in the history requires. */
  readonly oddWaits: readonly string[];
}

/** More attempts than any retry policy of the pipeline allows. */
const mostAttempts = 3000;
const mostServers = 3;

/** The time-skipping server retries an activity without end: rarely, it ignores the activity's total timeout. */
class EndlessRetriesError extends Error {
  override readonly name = 'EndlessRetriesError';
}

/**
 * Runs the scenarios concurrently on one server and one worker, and replays every execution. Returns the runs by
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
  return rig.with(activities(rig, runs, validated, endless), async (start) => {
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

const newRun = (scenario: Scenario, over: Promise<void>): Seen => ({
  scenario,
  attempts: new Map(),
  inputs: new Map(),
  messages: [],
  deadLetters: [],
  generation: 0,
  over,
});

/**
 * Limit for the attempts of one launch, in seconds. Six hours would add hundreds of identical attempts; the test
 * compares what the workflow does after the last one.
 */
const launchQueueSeconds = 15 * 60;

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

function activities(
  rig: Rig,
  runs: ReadonlyMap<string, Seen>,
  validated: ReadonlyMap<Scenario['event'], Validations>,
  endless: (error: Error) => void,
): EtlActivities {
  const here = (): Seen => {
    const seen = runs.get(activityInfo().workflowExecution?.workflowId ?? '');
    if (!seen) throw ApplicationFailure.nonRetryable('no such scenario');
    return seen;
  };
  /** Records the attempt and returns its outcome. Throws for an error, and never returns for a timeout. */
  const attempt = async <T>(input: unknown, run: (seen: Seen, number: number) => Promise<[string, T]>): Promise<T> => {
    const seen = here();
    const { activityId, attempt: number, currentAttemptScheduledTimestampMs: scheduledAt } = activityInfo();
    if (number > mostAttempts)
      endless(new EndlessRetriesError(`${seen.scenario.name}: attempt ${number} of an activity`));
    // Only further attempts have a wait to measure.
    const startedAt = number === 1 ? scheduledAt : await rig.env.currentTimeMs();
    seen.inputs.set(activityId, input);
    const note = (end: string) => {
      const before = seen.attempts.get(activityId) ?? [];
      seen.attempts.set(activityId, [...before, { scheduledAt, startedAt, end }]);
    };
    const [end, result] = await run(seen, number);
    note(end);
    if (result instanceof Error) throw result;
    if (end.startsWith('timeout')) await timeOut(rig, seen.scenario, number, Number(end.split(' ')[1]));
    return result;
  };
  const call = <T>(
    input: unknown,
    planOf: (scenario: Scenario) => CallPlan,
    seconds: number,
    ok: (seen: Seen) => [string, T],
  ) =>
    attempt(input, async (seen, number): Promise<[string, T]> => {
      const end = callEnd(planOf(seen.scenario), number);
      if (end === 'error') return ['error', new Error('the service is away') as T];
      if (end === 'conflict')
        return ['conflict', ApplicationFailure.nonRetryable('delivered from another file', 'SourceConflict') as T];
      if (end === 'misconfigured') {
        const failure = { type: 'BadConfiguration', message: 'no AWS credentials were found', nonRetryable: true };
        return [end, ApplicationFailure.create(failure) as T];
      }
      if (end === 'credentials') return [end, new CredentialsError('the AWS credentials have expired') as T];
      if (end === 'timeout') return [`timeout ${seconds} s`, undefined as T];
      return ok(seen);
    });
  const all: EtlActivities = {
    ...fakeActivities().activities,
    validateInput: (input) =>
      call(
        input,
        ({ validate }) => validate,
        steps.validateInput.attemptTimeoutSeconds,
        ({ scenario }): [string, Validation] => {
          const { activity } = validated.get(scenario.event) as Validations;
          if (!activity.valid) return ['ok', activity];
          const timings = { ...activity.plan.timings, heartbeatSeconds: 100_000, launchQueueSeconds };
          return ['ok', { ...activity, plan: { ...activity.plan, timings } }];
        },
      ),
    launchTask: (input) =>
      attempt(input, async (seen) => {
        seen.generation = input.generation;
        return launch(nthLaunch(seen, input.generation), input.generation);
      }),
    awaitTask: (input) =>
      attempt(input, async (seen) => {
        const end = nthLaunch(seen, input.generation);
        if (end.kind !== 'running') return taskEnd(end, input.taskArn);
        // The server keeps its time locked for an abandoned activity, so unlock it here.
        await rig.env.connection.testService?.unlockTimeSkipping({});
        await seen.over;
        return ['cancelled', new Error('the wait was given up') as never];
      }),
    stopTask: (input) =>
      attempt(input, async () => [
        'ok',
        { taskArn: input.taskArn, status: 'stopped', stopCode: 'UserInitiated', logTail: [] } as TaskEnd,
      ]),
    findTasks: (input) => attempt(input, async () => ['ok', []]),
    confirmCommit: (input) =>
      call(
        input,
        ({ confirm }) => confirm,
        steps.confirmCommit.attemptTimeoutSeconds,
        ({ scenario, generation }): [string, CommitAnswer] => {
          const answer = nth(scenario.answers, generation);
          if (answer === 'delivered') return ['ok', delivered];
          return [answer, answer === 'missing' ? { kind: 'missing' } : { kind: 'superseded', by: 'r2' }];
        },
      ),
    notify: (input) =>
      call(
        input,
        ({ notify }) => notify,
        steps.notify.attemptTimeoutSeconds,
        (seen) => {
          seen.messages.push(sent(input));
          return ['ok', { messageId: 'm1' }];
        },
      ),
    sendToDeadLetters: (input) =>
      call(
        input,
        ({ deadLetters }) => deadLetters,
        steps.sendToDeadLetters.attemptTimeoutSeconds,
        (seen) => {
          seen.deadLetters.push({ failureType: input.failureType, event: input.event });
          return ['ok', { letterId: 'l1' }];
        },
      ),
  };
  return withCredentialRetries(all, credentials.retrySeconds);
}

const nthLaunch = ({ scenario }: Seen, generation: number): LaunchEnd => launchEnds[nth(scenario.launches, generation)];

function sent({ outcome, subject }: { outcome: Outcome; subject: Subject }): SentMessage {
  const { topic, body, attributes } = composeMessage(outcome, subject);
  return sentMessage(topic, body, attributes);
}

function launch(end: LaunchEnd, generation: number): [string, LaunchResult] {
  const failed = (error: Error): [string, LaunchResult] => ['error', error as never];
  switch (end.kind) {
    case 'refused':
      return ['error', { kind: 'refused', reason: end.reason, cause: end.cause }];
    case 'unanswered':
      return failed(new Error('socket hang up'));
    case 'throttled':
      return failed(ApplicationFailure.create({ type: 'Throttled', message: 'Rate exceeded' }));
    case 'impossible':
      return failed(ApplicationFailure.nonRetryable('TaskDefinition not found', 'BadConfiguration'));
    default:
      return ['ok', { kind: 'launched', taskArn: `arn:task/${generation}`, generation }];
  }
}

function taskEnd(end: LaunchEnd, taskArn: string): [string, TaskEnd] {
  if (end.kind === 'pending') return ['error', { taskArn, status: 'notStarted', logTail: [] }];
  if (end.kind !== 'stopped') throw ApplicationFailure.nonRetryable(`nothing was launched: ${end.kind}`);
  const { kind: _, ...facts } = end;
  const ok = end.stopCode === 'EssentialContainerExited' && end.exitCode === 0;
  return [ok ? 'ok' : 'error', { taskArn, status: 'stopped', logTail: [], ...facts }];
}

/** Real seconds reserved before a timeout of the server, so that a busy machine does not miss it. */
const aheadSeconds = 5;

/**
 * Simulates an attempt that times out. The server locks its time while an activity runs: only for scenarios that
 * require it, time is unlocked until shortly before the timeout and then locked again. For all others, the attempt
 * fails immediately and delays its retry by the timeout, which the server counts toward the total bound in the same
 * way.
 */
async function timeOut(rig: Rig, scenario: Scenario, attempt: number, seconds: number): Promise<never> {
  if (!scenario.timedByServer) {
    const nextRetryDelay = (seconds + apiWait(attempt)) * 1000;
    throw ApplicationFailure.create({ message: 'as after a timeout', nextRetryDelay });
  }
  await rig.env.sleep((seconds - aheadSeconds) * 1000);
  await new Promise((resolve) => setTimeout(resolve, (aheadSeconds + 1) * 1000));
  throw new Error('the server did not record the timeout');
}

/** Returns the wait after attempt 1, 2, … of a call. */
function apiWait(attempt: number): number {
  const { intervalSeconds, backoffRate, maxIntervalSeconds } = steps.notify.retry;
  return Math.min(intervalSeconds * backoffRate ** (attempt - 1), maxIntervalSeconds);
}
