import { deliveredLines } from '@etl/pipeline/runs/deliveredView';
import { failureLines } from '@etl/pipeline/runs/failureView';
import type { RunView } from '@etl/pipeline/runs/runView';
import { printHeadline, printLines } from '../output';

/** Prints how a run went: what it delivered, or its failure and what comes next. */
export function printView(view: RunView): void {
  const [headline = '', ...lines] = view.outcome === 'delivered' ? deliveredLines(view) : failureLines(view);
  printHeadline(headline, view.outcome === 'delivered' ? 'green' : view.outcome === 'held' ? 'yellow' : 'red');
  printLines(lines);
}
