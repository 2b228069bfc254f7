import { budgets, transform } from '@etl/pipeline/definition';
import { failureTypes } from '@etl/pipeline/failures/table';
import type { Stage } from '@etl/pipeline/flow';
import type { DifferenceId, differences } from '../../step-functions/definition/differences';
import { classOf } from './classes';
import { type CallPlan, nth, type Scenario } from './scenarios';
import type { Aspect, Disagreement, StageTrace, Trace } from './trace';

/** Both traces of one scenario. */
export interface Sides {
  readonly scenario: Scenario;
  readonly temporal: Trace;
  readonly stepFunctions: Trace;
}

type Covers = (disagreement: Disagreement, sides: Sides) => boolean;

type Shown = Extract<(typeof differences)[number], { shownBy: 'scenarios' }>['id'];

const visits = ({ stages }: Trace, stage: Stage): StageTrace[] => stages.filter((each) => each.stage === stage);
const attemptsOf = (trace: Trace, stage: Stage): string[] => visits(trace, stage).flatMap(({ attempts }) => attempts);

/** Aspects that also differ once the launches differ. */
const downstream: readonly Aspect[] = ['path', 'status', 'failureType', 'messages', 'deadLetters'];
const afterTransform = ({ aspect, stage }: Disagreement): boolean =>
  downstream.includes(aspect) || ((aspect === 'attempts' || aspect === 'waits') && stage !== 'validate');

const launchesDiffer = ({ temporal, stepFunctions }: Sides): boolean =>
  attemptsOf(temporal, 'transform').join() !== attemptsOf(stepFunctions, 'transform').join();

function classesOf({ scenario, temporal, stepFunctions }: Sides): string[] {
  const count = Math.max(attemptsOf(temporal, 'transform').length, attemptsOf(stepFunctions, 'transform').length);
  return Array.from({ length: count }, (_, index) => classOf(scenario, index + 1));
}

const launchesOf = ({ scenario, temporal }: Sides): string[] =>
  attemptsOf(temporal, 'transform').map((_, index) => nth(scenario.launches, index + 1));

/** Whether Temporal checked the commit log after its last launch failed, or again after a check without a commit. */
function looksOnceMore({ temporal }: Sides): boolean {
  return temporal.stages.some(
    ({ stage, attempts }, index) =>
      (stage === 'confirm' || (stage === 'transform' && attempts.at(-1) !== 'ok')) &&
      temporal.stages[index + 1]?.stage === 'confirm',
  );
}

/** Returns the stages of a run without the checks of the commit log. */
const withoutLooks = ({ stages }: Trace): string =>
  stages.flatMap(({ stage }) => (stage === 'confirm' ? [] : [stage])).join();

const launchesAgain = ({ temporal }: Sides): boolean => visits(temporal, 'transform').length > 1;

/** Whether the run ends with a missing commit: then both engines report the same failure. */
const endsWithoutCommit = ({ temporal }: Sides): boolean =>
  attemptsOf(temporal, 'transform').at(-1) === 'ok' && attemptsOf(temporal, 'confirm').at(-1) === 'missing';
const namedByFailure: readonly Aspect[] = ['failureType', 'messages', 'deadLetters'];

const planOf = (scenario: Scenario, stage: Stage): CallPlan | undefined => {
  if (stage === 'validate') return scenario.validate;
  if (stage === 'confirm') return scenario.confirm;
  if (stage === 'sinks') return scenario.applySinks;
  if (stage === 'transform') return undefined;
  return stage.startsWith('notify') ? scenario.notify : scenario.deadLetters;
};

/**
 * Decides which disagreements a declared difference explains; it must not cover any other. `verdict` ensures that the
 * machine's trace equals `expectedTrace`.
 */
export const declared: Record<Shown, Covers> = {
  'retry-classes': (disagreement, sides) => {
    if (!classesOf(sides).some((name) => name !== 'application')) return false;
    if (disagreement.aspect === 'waits' && disagreement.stage === 'transform') return true;
    return launchesDiffer(sides) && afterTransform(disagreement);
  },
  'failure-types': (disagreement, { temporal, stepFunctions }) => {
    const [finer, coarse] = [temporal.end.failureType ?? '', stepFunctions.end.failureType];
    if (coarse !== 'TaskFailed' || twinTypes.includes(finer) || !(finer in failureTypes)) return false;
    const inTwinsWords = JSON.stringify(disagreement.temporal)?.replaceAll(finer, coarse);
    return (
      ['failureType', 'messages', 'deadLetters'].includes(disagreement.aspect) &&
      inTwinsWords === JSON.stringify(disagreement.stepFunctions)
    );
  },
  'missing-commit': (disagreement, sides) =>
    launchesAgain(sides) &&
    (afterTransform(disagreement) || disagreement.temporal === 'confirm -> transform') &&
    !(endsWithoutCommit(sides) && namedByFailure.includes(disagreement.aspect)) &&
    visits(sides.stepFunctions, 'transform').length === 1,
  'last-look': (disagreement, sides) => {
    if (!looksOnceMore(sides)) return false;
    const { aspect, stage, temporal } = disagreement;
    if (temporal === 'transform -> confirm' || temporal === 'confirm -> confirm') return true;
    if (stage === 'confirm') return aspect === 'attempts' || aspect === 'waits';
    const seen = visits(sides.temporal, 'confirm').at(-1)?.attempts.at(-1);
    if (seen !== 'ok') return aspect === 'path' && withoutLooks(sides.temporal) === withoutLooks(sides.stepFunctions);
    // With a commit, the run delivers; only its sinks can still fail it.
    const isDelivered = sides.temporal.end.status === 'succeeded' || visits(sides.temporal, 'sinks').length > 0;
    return isDelivered && stage !== 'transform' && afterTransform(disagreement);
  },
  jitter: ({ aspect, stage }, { temporal, stepFunctions }) => {
    if (aspect !== 'waits' || (stage !== 'transform' && stage !== 'sinks')) return false;
    const [ours, twins] = [temporal, stepFunctions].map((trace) => visits(trace, stage)[0]?.waits ?? []);
    if (ours?.length !== twins?.length) return false;
    const most = 1 + budgets[stage === 'sinks' ? 'sinks' : 'application'].jitter;
    return (ours ?? []).every((wait, index) => {
      const exact = twins?.[index] ?? 0;
      return wait >= exact && wait <= exact * most + 0.001;
    });
  },
  'start-timeout': (disagreement, sides) =>
    launchesOf(sides).includes('pending') &&
    launchesDiffer(sides) &&
    attemptsOf(sides.stepFunctions, 'transform').at(-1) === `timeout ${transform.timeoutSeconds} s` &&
    afterTransform(disagreement),
  'total-bound': ({ aspect, stage }, { scenario }) => {
    const plan = stage && planOf(scenario, stage);
    if (!plan || (aspect !== 'attempts' && aspect !== 'waits')) return false;
    const ends = [...plan.first, plan.rest];
    return ends.includes('timeout') && ends.includes('error');
  },
  'sink-waits': ({ aspect, stage }, { scenario }) =>
    stage === 'sinks' && (aspect === 'attempts' || aspect === 'waits') && isPolled(scenario),
  compute: (disagreement, { scenario }) =>
    scenario.event === 'two hours' &&
    disagreement.stage === 'transform' &&
    JSON.stringify(disagreement.temporal).replaceAll('7200', '3600') === JSON.stringify(disagreement.stepFunctions),
};

/** Whether a sink has to be polled or called more than once for one application. */
const isPolled = ({ sinks = {} }: Scenario): boolean =>
  Object.values(sinks).some((plan) => plan.includes('long') || plan.includes('away'));

const twinTypes = ['InvalidInput', 'SinkFailed', 'Timeout', 'CommitMissing', 'Superseded', 'ServiceUnavailable'];

export const shownIds = Object.keys(declared) as (Shown & DifferenceId)[];
