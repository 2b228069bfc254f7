import type { Fact } from '@etl/lib/text/messageLine';
import { filesFound, missed } from '../batch/summary';
import { roundUsd } from '../prices/roundUsd';
import { labelled } from './labelled';
import type { BatchOutcome } from './outcome';
import type { MessageTexts } from './texts';

const maxShown = 20;

/** Returns the first line, which is also the subject, and the facts of a batch's message. */
export function describeBatch(outcome: BatchOutcome, texts: MessageTexts): [string, readonly Fact[]] {
  const { summary, ended, failureType = 'ServiceUnavailable' } = outcome;
  const firstLine = texts.batch[ended]({
    days: texts.days(summary.dates.from, summary.dates.to),
    files: summary.files,
    found: filesFound(summary),
    missed: missed(summary),
    failureType,
  });
  return [firstLine, facts(outcome, texts)];
}

function facts({ prefix, summary, reason }: BatchOutcome, texts: MessageTexts): readonly Fact[] {
  const hidden = missed(summary) - Math.min(summary.problems.length, maxShown);
  const fact = labelled(texts);
  return [
    fact('prefix', prefix),
    ...(reason === undefined ? [] : [fact('reason', reason)]),
    fact('files', summary.files),
    fact('delivered', summary.delivered),
    fact('skipped', summary.skipped),
    fact('invalid', summary.invalid),
    fact('failed', summary.failed),
    fact('cancelled', summary.cancelled),
    fact('rowsWritten', summary.rowsWritten),
    fact('rowsRejected', summary.rowsRejected),
    fact('cost', roundUsd(summary.costUsd)),
    ...(summary.results === undefined ? [] : [fact('results', summary.results)]),
    ...(summary.warnings ?? []).map((warning) => fact('warning', warning)),
    ...summary.problems
      .slice(0, maxShown)
      .map(({ uri, failureType, reason }) =>
        fact('notDelivered', [uri, failureType, reason].filter(Boolean).join(': ')),
      ),
    ...(hidden > 0 ? [fact('notDelivered', texts.more(hidden))] : []),
  ];
}
