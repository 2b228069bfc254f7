import { flow } from '@etl/pipeline/flow';
import type { Side, StepRun } from './side';

/** A stage, and how each side took it; undefined where it did not. */
export interface StageRow {
  readonly stage: string;
  readonly steps: readonly (StepRun | undefined)[];
}

/** The stages that any side came to, in the pipeline's order. */
export function alignStages(sides: readonly Side[]): StageRow[] {
  return Object.keys(flow).flatMap((stage) => {
    const steps = sides.map((side) => side.steps.find(({ name }) => name === stage));
    return steps.some(Boolean) ? [{ stage, steps }] : [];
  });
}

/** What a side came through that is no stage: choices, notes about failures, ends. */
export function otherSteps({ steps }: Side): string[] {
  return steps.flatMap(({ name }) => (Object.hasOwn(flow, name) ? [] : [name]));
}
