import { flow } from '@etl/pipeline/flow';
import type { Side, StepRun } from './side';

/** A stage with the step of each side; undefined for a side that did not reach it. */
export interface StageRow {
  readonly stage: string;
  readonly steps: readonly (StepRun | undefined)[];
}

/** Returns the stages that any side reached, in the pipeline's order. */
export function alignStages(sides: readonly Side[]): StageRow[] {
  return Object.keys(flow).flatMap((stage) => {
    const steps = sides.map((side) => side.steps.find(({ name }) => name === stage));
    return steps.some(Boolean) ? [{ stage, steps }] : [];
  });
}

/** Returns the names of a side's steps that are not stages: choices, failure notes, end states. */
export function otherSteps({ steps }: Side): string[] {
  return steps.flatMap(({ name }) => (Object.hasOwn(flow, name) ? [] : [name]));
}
