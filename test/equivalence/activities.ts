import { credentials, steps } from '@etl/pipeline/definition';
import type { TaskEnd } from '@etl/pipeline/failures/taskEnd';
import { composeMessage } from '@etl/pipeline/messages/compose';
import type { Outcome, Subject } from '@etl/pipeline/messages/outcome';
import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/client';
import type { CommitAnswer, EtlActivities, LaunchResult, SinkAnswer, Validation } from '../../activities/contract';
import { withCredentialRetries } from '../../activities/credentialRetries';
import { CredentialsError } from '../../activities/ports';
import { applySink } from '../../activities/sinks/applySink';
import { awaitSink } from '../../activities/sinks/awaitSink';
import { delivered, fakeActivities } from '../support/fakeActivities';
import type { Rig } from '../support/rig';
import { type CallPlan, callEnd, nth, type Scenario } from './scenarios';
import type { Seen } from './seen';
import { type SinkEnd, sinkPortsOf, withSinks } from './sinks';
import { timeOut } from './timeOut';
import { type SentMessage, sentMessage } from './trace';
import { type LaunchEnd, launchEnds, type Validations } from './world';

/** More attempts than any retry policy of the pipeline allows. */
const mostAttempts = 3000;

/** The time-skipping server retries an activity without end: rarely, it ignores the activity's total timeout. */
export class EndlessRetriesError extends Error {
  override readonly name = 'EndlessRetriesError';
}

/**
 * Limit for the attempts of one launch, in seconds. Six hours would add hundreds of identical attempts; the test
 * compares what the workflow does after the last one.
 */
const launchQueueSeconds = 15 * 60;

/** Returns activities that end as the scenario of their run requires, and record each attempt in `runs`. */
export function scenarioActivities(
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
    ok: (seen: Seen) => [string, T] | Promise<[string, T]>,
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
          const { activity } = withSinks(validated.get(scenario.event) as Validations, scenario);
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
    applySink: (input) =>
      call(
        input,
        ({ applySinks }) => applySinks,
        steps.applySink.attemptTimeoutSeconds,
        async (seen) => {
          seen.sinks ??= sinkPortsOf(seen.scenario, input);
          return ended(applySink(await seen.sinks, input));
        },
      ),
    awaitSink: (input) =>
      attempt(input, async ({ scenario, sinks = sinkPortsOf(scenario, input) }) =>
        ended(awaitSink(await sinks, input, new AbortController().signal, { firstMs: 1, lastMs: 1 })),
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

/** Returns the outcome of an application, or its error. */
async function ended(answer: Promise<SinkAnswer>): Promise<[string, SinkAnswer]> {
  try {
    const given = await answer;
    return [endOf(given), given];
  } catch (error) {
    return ['error', error as never];
  }
}

function endOf(answer: SinkAnswer): SinkEnd {
  if (answer.state === 'running') return 'running';
  if (answer.state === 'failed') return answer.retry ? 'again' : 'behind';
  return 'ok';
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
