import type { Stage } from '@etl/pipeline/flow';
import type { Launch } from '@etl/pipeline/launches';
import type { StepRun } from '../side';
import type { ActivityRun } from './history';

/**
 * Returns the stages of a run, in the order they began. A stage that the run returned to is one step with the attempts
 * and waits of all its calls. Those of `transform` are launches, and the sleeps between them. An activity that reports
 * a failed task has not failed itself, so the launches provide the error.
 */
export function stepsOf(runs: readonly ActivityRun[], launches: readonly Launch[]): StepRun[] {
  const byStage = new Map<string, ActivityRun[]>();
  for (const run of runs) {
    const stage = stageOf(run);
    byStage.set(stage, [...(byStage.get(stage) ?? []), run]);
  }
  return [...byStage].map(([name, own]) => (name === 'transform' ? transformStep(own, launches) : callStep(name, own)));
}

function callStep(name: string, runs: readonly ActivityRun[]): StepRun {
  return {
    name,
    ...span(runs),
    attempts: runs.reduce((sum, { attempts }) => sum + attempts, 0),
    waits: runs.flatMap(({ waits }) => waits),
    ...lastError(runs),
  };
}

function transformStep(runs: readonly ActivityRun[], launches: readonly Launch[]): StepRun {
  // A launch that an earlier task of this workflow blocked is requested again without a sleep, and counts as one
  // launch.
  const waits = runs.flatMap(({ type, sleptSeconds }) =>
    type === 'launchTask' && sleptSeconds !== undefined ? [sleptSeconds] : [],
  );
  const error = launches.findLast(({ failureType }) => failureType !== undefined)?.failureType;
  return {
    name: 'transform',
    ...span(runs),
    attempts: 1 + waits.length,
    waits,
    ...(error === undefined ? lastError(runs) : { error }),
  };
}

function span(runs: readonly ActivityRun[]): { startedAt: number; endedAt: number } {
  return {
    startedAt: Math.min(...runs.map(({ scheduledAt }) => scheduledAt)),
    endedAt: Math.max(...runs.map(({ endedAt }) => endedAt)),
  };
}

function lastError(runs: readonly ActivityRun[]): { error: string } | undefined {
  const error = runs.at(-1)?.error;
  return error === undefined ? undefined : { error };
}

/** Returns the stage that an activity belongs to, or the activity's own name. */
function stageOf({ type, input }: ActivityRun): Stage | string {
  switch (type) {
    case 'validateInput':
      return 'validate';
    case 'launchTask':
    case 'awaitTask':
    case 'stopTask':
    case 'findTasks':
      return 'transform';
    case 'confirmCommit':
      return 'confirm';
    case 'applySink':
    case 'awaitSink':
    case 'cancelSink':
      return 'sinks';
    case 'notify': {
      const { kind } = (input as { outcome: { kind: string } }).outcome;
      return kind === 'success' ? 'notifySuccess' : kind === 'invalid' ? 'notifyInvalid' : 'notifyFailure';
    }
    case 'sendToDeadLetters':
      return (input as { failureType: string }).failureType === 'InvalidInput' ? 'keepInvalid' : 'keepFailed';
    default:
      return type;
  }
}
