import type { CommandText } from '../command';
import { workflowTypes } from '../definition';
import { batchView } from './batchView';
import { commonOf } from './common';
import { nextOf } from './next';
import { retryOf } from './openPart';
import { pipelineView } from './pipelineView';
import type { RunFacts } from './runFacts';
import type { RunView } from './runView';

/**
 * Returns the view of a run. `command` formats a command of `next` for the reader. @default `npx etl …`
 */
export function runViewOf(facts: RunFacts, command?: CommandText): RunView {
  const isBatch = facts.workflowType === workflowTypes.nightlyBatch;
  const common = commonOf(facts);
  const view = isBatch ? batchView(facts, common, command) : pipelineView(facts, common);
  const next = nextOf(
    view,
    { input: facts.input, isUnanswered: facts.isUnanswered === true, ...retryOf(facts) },
    command,
  );
  return { ...view, ...(next && { next }) };
}
