import { budgets, steps, type Topic, topics, transform } from '@etl/pipeline/definition';
import type { FailureType } from '@etl/pipeline/failures/table';
import { flow, type Stage, stageFailures, stepOfStage } from '@etl/pipeline/flow';
import { es } from '@etl/pipeline/messages/es';
import { credentialsError } from '../../step-functions/definition/names';
import { callRetries } from '../../step-functions/definition/retries';
import type { FakeApplication } from '../support/fakeSinks';
import { type CallEnd, type CallPlan, callEnd, nth, type Scenario } from './scenarios';
import { type SinkApplication, type SinkPlans, sinkApplications } from './sinks';
import type { AttemptEnd, StageTrace, Trace } from './trace';
import { batchDate, events, launchEnds } from './world';

/**
 * Returns the machine's required trace of a scenario, derived from the definition alone. The machine's trace is
 * compared with it where it may differ from the workflow. `valid` is the result of validating the event.
 */
export function expectedTrace(scenario: Scenario, valid: boolean): Trace {
  const validated = called('validate', scenario.validate);
  if (!isOk(validated)) {
    const { other, ...named } = stageFailures.validate;
    return failed(scenario, [validated], named[causeOf(validated) as keyof typeof named] ?? other);
  }
  if (!valid) return invalid(scenario, [validated]);
  if (scenario.event === 'delivered before') return confirming(scenario, [validated]);
  const launched = launches(scenario);
  const stages = [validated, launched];
  if (!isOk(launched)) {
    const { timeout, other } = stageFailures.transform;
    if (launched.attempts.at(-1) === 'error') return failed(scenario, stages, other);
    const confirmed = asked(scenario, launched.attempts.length);
    return isOk(confirmed)
      ? applying(scenario, [...stages, confirmed])
      : failed(scenario, [...stages, confirmed], timeout);
  }
  return confirming(scenario, stages);
}

function confirming(scenario: Scenario, stages: readonly StageTrace[]): Trace {
  const launches = stages.find(({ stage }) => stage === 'transform')?.attempts.length ?? 0;
  const confirmed = asked(scenario, launches);
  if (isOk(confirmed)) return applying(scenario, [...stages, confirmed]);
  const { other, ...named } = stageFailures.confirm;
  const type = named[causeOf(confirmed) as keyof typeof named] ?? other;
  return failed(scenario, [...stages, confirmed], type);
}

function applying(scenario: Scenario, stages: readonly StageTrace[]): Trace {
  if (!scenario.sinks) return delivered(scenario, stages);
  const calls = called('sinks', scenario.applySinks);
  const applied = isOk(calls) ? sinkRounds(calls, scenario.sinks) : calls;
  if (isOk(applied)) return delivered(scenario, [...stages, applied]);
  return failed(scenario, [...stages, applied], stageFailures.sinks.behind);
}

/**
 * Applies all sinks that have not ended, again and again within the budget. A statement that is running and a call that
 * fails need another round, too.
 */
function sinkRounds(first: StageTrace, plans: SinkPlans): StageTrace {
  const sinks = Object.values(plans).map((plan) => ({ plan, number: 1, left: leftOf(plan, 1), end: 'again' }));
  const attempts = first.attempts.slice(0, -1);
  const waits = [...first.waits];
  const { maxRetries, intervalSeconds, backoffRate, maxIntervalSeconds } = budgets.sinks;
  for (let round = 0; ; round++) {
    for (const sink of sinks.filter(({ end }) => end === 'again')) {
      if (sink.left-- > 0) continue;
      const { end } = sinkApplications[nth(sink.plan, sink.number)];
      if (end.state !== 'failed') sink.end = 'ok';
      else if (!end.retry || sink.number > maxRetries) sink.end = 'behind';
      else {
        sink.number += 1;
        sink.left = leftOf(sink.plan, sink.number);
      }
    }
    const ends = sinks.map(({ end }) => end);
    if (!ends.includes('again')) {
      return { stage: 'sinks', attempts: [...attempts, ends.includes('behind') ? 'behind' : 'ok'], waits, before: 0 };
    }
    attempts.push('error');
    waits.push(Math.min(intervalSeconds * backoffRate ** round, maxIntervalSeconds));
  }
}

/** Returns the number of rounds that an application takes before its last one. */
function leftOf(plan: readonly SinkApplication[], number: number): number {
  const application: FakeApplication = sinkApplications[nth(plan, number)];
  return (application.errors?.length ?? 0) + (application.polls ?? 0);
}

/** Returns the check of the commit log after this number of launches. */
function asked(scenario: Scenario, launches: number): StageTrace {
  const answer = nth(scenario.answers, launches);
  return called('confirm', scenario.confirm, answer === 'delivered' ? 'ok' : answer);
}

/** Permanently rejected credentials count as a configuration error. */
const causeOf = ({ attempts }: StageTrace) => (attempts.at(-1) === 'credentials' ? 'misconfigured' : attempts.at(-1));

const isOk = ({ attempts }: StageTrace): boolean => attempts.at(-1) === 'ok';

/**
 * Launches one task after the other while the last one failed and its budget lasts: the capacity budget for limits,
 * otherwise the application budget.
 */
function launches(scenario: Scenario): StageTrace {
  const attempts: AttemptEnd[] = [];
  const waits: number[] = [];
  const spent = { application: 0, capacity: 0 };
  for (;;) {
    attempts.push(launchEnd(scenario, attempts.length + 1));
    const { kind } = launchEnds[nth(scenario.launches, attempts.length)];
    const name = kind === 'refused' || kind === 'throttled' ? 'capacity' : 'application';
    const { maxRetries, intervalSeconds, backoffRate, maxIntervalSeconds } = budgets[name];
    if (attempts.at(-1) !== 'error' || spent[name] === maxRetries) break;
    waits.push(Math.min(intervalSeconds * backoffRate ** spent[name], maxIntervalSeconds));
    spent[name] += 1;
  }
  return { stage: 'transform', attempts, waits, before: 0 };
}

function launchEnd(scenario: Scenario, number: number): AttemptEnd {
  const end = launchEnds[nth(scenario.launches, number)];
  if (end.kind === 'running' || end.kind === 'pending') return `timeout ${transform.timeoutSeconds} s`;
  return end === launchEnds.done ? 'ok' : 'error';
}

/** Returns the attempts of a call: each retrier counts only its own errors, and its waits follow that count. */
function called(stage: Exclude<Stage, 'transform'>, plan: CallPlan, answer: AttemptEnd = 'ok'): StageTrace {
  const step = steps[stepOfStage[stage]];
  const [refused, timeout, error] = callRetries(step, [], credentialsError);
  const retriers = { credentials: refused, timeout, error };
  const spent = { credentials: 0, timeout: 0, error: 0 };
  const attempts: AttemptEnd[] = [];
  const waits: number[] = [];
  for (let number = 1; ; number += 1) {
    const end: CallEnd = callEnd(plan, number);
    if (end === 'ok') return { stage, attempts: [...attempts, answer], waits, before: 0 };
    if (end === 'conflict' || end === 'misconfigured') {
      return { stage, attempts: [...attempts, end], waits, before: 0 };
    }
    attempts.push(end === 'timeout' ? `timeout ${step.attemptTimeoutSeconds} s` : end);
    const { MaxAttempts: most, MaxDelaySeconds: longest } = retriers[end] ?? {};
    if (spent[end] === most) return { stage, attempts, waits, before: 0 };
    const { intervalSeconds, backoffRate } = step.retry;
    waits.push(Math.min(intervalSeconds * backoffRate ** spent[end], longest ?? Number.POSITIVE_INFINITY));
    spent[end] += 1;
  }
}

function delivered(scenario: Scenario, stages: readonly StageTrace[]): Trace {
  const notified = called(flow.confirm.done, scenario.notify);
  const message = { topic: topics.success, firstLine: es.firstLines.success(batchDate), outcome: 'success' };
  return {
    stages: [...stages, notified],
    end: { status: 'succeeded' },
    messages: isOk(notified) ? [message] : [],
    deadLetters: [],
  };
}

function invalid(scenario: Scenario, stages: readonly StageTrace[]): Trace {
  return ended(scenario, stages, ['notifyInvalid', 'keepInvalid'], {
    topic: topics.alerts,
    firstLine: es.firstLines.invalid(),
    outcome: 'invalid',
    failureType: 'InvalidInput',
  });
}

function failed(scenario: Scenario, stages: readonly StageTrace[], failureType: FailureType): Trace {
  return ended(scenario, stages, ['notifyFailure', 'keepFailed'], {
    topic: topics.alerts,
    firstLine: es.firstLines.failure(failureType),
    outcome: 'failure',
    failureType,
  });
}

function ended(
  scenario: Scenario,
  stages: readonly StageTrace[],
  [tell, keep]: readonly ['notifyInvalid', 'keepInvalid'] | readonly ['notifyFailure', 'keepFailed'],
  message: Trace['messages'][number] & { readonly topic: Topic; readonly failureType: FailureType },
): Trace {
  const [notified, kept] = [called(tell, scenario.notify), called(keep, scenario.deadLetters)];
  const { failureType } = message;
  return {
    stages: [...stages, notified, kept],
    end: { status: 'failed', failureType },
    messages: isOk(notified) ? [message] : [],
    deadLetters: isOk(kept) ? [{ failureType, event: events[scenario.event] }] : [],
  };
}
