import { isCalendarDate } from '@etl/lib/names';
import { fieldsOf, isText, type Reading, Undecoded } from '@etl/lib/reading';
import { bullets, type Markdown, md } from '@etl/lib/text/markdown';
import { npxCommand } from '@etl/pipeline/command';
import { budgets, messageNames } from '@etl/pipeline/definition';
import { remedies } from '@etl/pipeline/failures/remedies';
import type { Batch } from '@etl/pipeline/layout';
import { continueAsNew, defineQuery, upsertMemo, workflowInfo } from '@temporalio/workflow';
import type { SinkWork } from '../activities/contract';
import { listSinkWork, withSummary } from './activities';
import { setAttributes } from './attributes';
import { nextStep, showDetails } from './details';
import { failure } from './failures';
import { onQuery } from './handlers';
import { applySinks } from './sinks';

/** Selects the batches and sinks of a declared dataset. */
export interface ReplayInput {
  readonly dataset: string;
  /** @default all sinks of the dataset */
  readonly sink?: string;
  /** First and last batch date. @default all */
  readonly from?: string;
  readonly to?: string;
  /** Whether sinks that have applied the newest commit apply it again. @default false */
  readonly all?: boolean;
}

export interface ReplayReport {
  /** Number of commits that were applied, counted once for each sink. */
  readonly applied: number;
  /** Number of batches whose sinks already had the newest commit. */
  readonly current: number;
  /** Number of commits that could not be applied, counted once for each sink. */
  readonly failed: number;
  /** The first failures, at most 50. */
  readonly failures: readonly { readonly batch: Batch; readonly sink: string; readonly reason: string }[];
}

/** State that a replay passes to its next run when it continues as new. */
interface Progress {
  readonly report: ReplayReport;
  readonly after?: string;
}

const replayStatusQuery = defineQuery<ReplayReport>(messageNames.status);

const pageSize = 100;
/** Batches that are applied at the same time. Sinks have quotas: Redshift's Data API allows 500 active statements. */
const maxConcurrent = 8;
/** Failures that the Web UI lists. */
const maxShown = 10;
/** Failures that the report lists; it counts the others. */
const maxFailures = 50;

const nothing: ReplayReport = { applied: 0, current: 0, failed: 0, failures: [] };

function readReplayInput(input: unknown): Reading<ReplayInput> {
  if (input instanceof Undecoded) return input;
  const { dataset, sink, from, to, all } = fieldsOf(input);
  if (!isText(dataset, 200) || dataset === '') return { problem: 'dataset: expected the name of a declared dataset' };
  if (sink !== undefined && !isText(sink, 40)) return { problem: 'sink: expected the name of a sink' };
  for (const [key, date] of Object.entries({ from, to })) {
    if (date !== undefined && !(isText(date, 10) && isCalendarDate(date)))
      return { problem: `${key}: expected a date, YYYY-MM-DD` };
  }
  if (all !== undefined && typeof all !== 'boolean') return { problem: 'all: expected true or false' };
  return { value: input as ReplayInput };
}

/**
 * Applies the newest commits of a dataset's batches to its sinks: to the sinks that are behind, or to all.
 * @throws `SinkFailed` if a sink lacks a commit at the end
 */
export async function replaySinks(
  argument: ReplayInput,
  progress: Progress = { report: nothing },
): Promise<ReplayReport> {
  const reading = readReplayInput(argument);
  if ('problem' in reading) throw failure('InvalidInput', `the argument of replaySinks: ${reading.problem}`);
  const input = reading.value;
  let { report, after } = progress;
  onQuery(replayStatusQuery, () => report, 'Commits applied to sinks so far');
  for (;;) {
    const page = await listSinkWork.executeWithOptions(withSummary(`${input.dataset}: ${after ?? 'first page'}`), [
      { ...input, limit: pageSize, ...(after !== undefined && { after }) },
    ]);
    report = { ...report, current: report.current + page.current };
    const queue = [...page.work];
    const hands = Array.from({ length: Math.min(maxConcurrent, queue.length) }, async () => {
      for (let work = queue.shift(); work; work = queue.shift()) {
        const outcomes = await applied(work);
        report = added(report, work, outcomes);
      }
    });
    await Promise.all(hands);
    showDetails(...describe(input, report));
    after = page.next;
    if (after === undefined) break;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof replaySinks>(input, { report, after });
  }
  upsertMemo({ sinks: { ...report, failures: report.failures.slice(0, 10) } });
  const isBehind = report.failed > 0;
  await setAttributes(
    {
      EtlDataset: input.dataset,
      EtlOutcome: isBehind ? 'failed' : 'delivered',
      EtlFailureType: isBehind ? 'SinkFailed' : undefined,
    },
    counts(report),
  );
  if (isBehind) throw replayFailure(input, report);
  return report;
}

function applied({ batch, destination, sinks }: SinkWork) {
  const { workflowId, runId, runStartTime } = workflowInfo();
  const run = { workflowId, runId, startedAt: runStartTime.toISOString() };
  return applySinks({ destination, batch, sinks, run, budget: budgets.sinks });
}

function added(report: ReplayReport, { batch }: SinkWork, outcomes: Awaited<ReturnType<typeof applied>>): ReplayReport {
  const failed = outcomes.flatMap((outcome) =>
    outcome.state === 'failed' ? [{ batch, sink: outcome.sink, reason: outcome.reason }] : [],
  );
  return {
    ...report,
    applied: report.applied + outcomes.length - failed.length,
    failed: report.failed + failed.length,
    failures: [...report.failures, ...failed].slice(0, maxFailures),
  };
}

function describe({ dataset, sink = 'all sinks' }: ReplayInput, report: ReplayReport): Markdown[] {
  const { failures } = report;
  const lines = failures
    .slice(0, maxShown)
    .map(({ batch, sink: name, reason }) => md`${batch.batchDate} ${batch.source}, ${name}: ${reason}`);
  return [
    md`**${failures.length > 0 ? 'SinkFailed' : counts(report)}** · ${dataset}, ${sink}`,
    ...(failures.length > 0
      ? [
          nextStep({ text: remedies.SinkFailed.first, command: npxCommand('sink', 'replay', dataset) }),
          md`${counts(report)}`,
          bullets(lines),
        ]
      : []),
  ];
}

function counts({ applied: done, current, failed }: ReplayReport): string {
  return `${done} applied, ${failed} failed, ${current} batches already current`;
}

function replayFailure({ dataset }: ReplayInput, { failed, failures }: ReplayReport) {
  const lines = failures.map(
    ({ batch, sink, reason }) => `${batch.dataset} ${batch.batchDate} ${batch.source}: ${sink}: ${reason}`,
  );
  const what =
    failed === 1
      ? `1 sink of a batch of ${dataset} lacks the newest commit`
      : `${failed} sinks of batches of ${dataset} lack the newest commit, the first one`;
  const reason = `${what}: ${lines[0] ?? ''}`;
  return failure('SinkFailed', reason, { logTail: lines.slice(0, 20) });
}
