import { deliveredLines } from '@etl/pipeline/runs/deliveredView';
import { failureLines } from '@etl/pipeline/runs/failureView';
import type { RunView } from '@etl/pipeline/runs/runView';
import { printLines } from '../output';

/** Prints how a run went: what it delivered, or its failure and what comes next. */
export function printView(view: RunView): void {
  printLines(view.outcome === 'delivered' ? deliveredLines(view) : failureLines(view));
}
