import { cut } from '@etl/lib/capped';
import { fieldsOf, isAmount, type Reading, Undecoded } from '@etl/lib/reading';
import { bullets, code, type Markdown, md } from '@etl/lib/text/markdown';
import { npxCommand } from '@etl/pipeline/command';
import { CancellationScope, upsertMemo } from '@temporalio/workflow';
import type { OrphanReport } from '../activities/contract';
import { findOrphans, stopTask, withSummary } from './activities';
import { setAttributes } from './attributes';
import { nextStep, showDetails } from './details';
import { asFailure, failure } from './failures';

export interface ReapInput {
  /** Stops the orphans that were found. @default false, which only reports them */
  readonly stop?: boolean;
  /**
   * Tasks of a workflow that ended less than this many seconds ago are ignored: it may still be stopping them itself.
   * @default 600
   */
  readonly graceSeconds?: number;
}

export interface ReapReport extends OrphanReport {
  readonly dryRun: boolean;
  readonly stopped: readonly string[];
  readonly notStopped: readonly { readonly taskArn: string; readonly error: string }[];
}

const defaultGraceSeconds = 600;
/** Longest error of a task, in characters: the report may carry two hundred of them. */
const maxError = 300;
/** Orphans that the Web UI lists. */
const maxShown = 50;

function readReapInput(input: unknown): Reading<ReapInput> {
  if (input === null) return { value: {} };
  if (input instanceof Undecoded) return input;
  const { stop, graceSeconds } = fieldsOf(input);
  const isValid = typeof input === 'object' && !Array.isArray(input);
  if (!isValid || (stop !== undefined && typeof stop !== 'boolean'))
    return { problem: 'expected {"stop": true or false}' };
  if (graceSeconds !== undefined && !isAmount(graceSeconds)) return { problem: 'graceSeconds: expected 0 or more' };
  return { value: input as ReapInput };
}

/**
 * Finds and reports the tasks of workflows that ended without stopping them, such as terminated workflows, and stops
 * them if requested. Intended for a schedule.
 */
export async function reapTasks(argument: ReapInput = {}): Promise<ReapReport> {
  const reading = readReapInput(argument);
  if ('problem' in reading) throw failure('BadConfiguration', `the argument of reapTasks: ${reading.problem}`);
  const input = reading.value;
  const report = await findOrphans.executeWithOptions(withSummary('tasks of ended workflows'), [
    {
      graceSeconds: input.graceSeconds ?? defaultGraceSeconds,
    },
  ]);
  const stopped: string[] = [];
  const notStopped: { taskArn: string; error: string }[] = [];
  if (input.stop) {
    // One at a time: cleanup must not use up the API quota of running pipelines.
    for (const { taskArn, workflowId } of report.orphans) {
      try {
        const reason = `orphan of workflow ${workflowId}`;
        await stopTask.executeWithOptions(withSummary(`orphan of ${workflowId}`), [
          { taskArn, reason, until: 'ended' },
        ]);
        stopped.push(taskArn);
      } catch (error) {
        if (CancellationScope.current().consideredCancelled) throw error;
        notStopped.push({ taskArn, error: cut(asFailure(error).message, maxError) });
      }
    }
  }
  const whole = { ...report, dryRun: !input.stop, stopped, notStopped };
  showDetails(...describe(whole));
  upsertMemo({ reaper: { orphans: report.orphans.length, stopped: stopped.length, unknown: report.unknown.length } });
  await setAttributes(
    { EtlOutcome: report.orphans.length > 0 ? 'orphans' : 'clean' },
    `${report.orphans.length} orphans`,
  );
  return whole;
}

function describe({ examined, orphans, unknown, stopped, dryRun }: ReapReport): Markdown[] {
  const done = dryRun ? 'dry run, nothing stopped' : `${stopped.length} stopped`;
  const more = Math.max(0, orphans.length - maxShown);
  const lines = orphans.map(({ taskArn, workflowId, workflow }) => md`${code(taskArn)}: ${workflowId} ${workflow}`);
  return [
    md`**${orphans.length} orphans** (${done}) · ${examined} tasks, ${unknown.length} of unknown workflows`,
    ...(dryRun && orphans.length > 0
      ? [nextStep({ text: 'Check that their workflows have ended', command: npxCommand('reap', '--stop') })]
      : []),
    ...(lines.length > 0 ? [bullets([...lines.slice(0, maxShown), ...(more > 0 ? [`… and ${more} more`] : [])])] : []),
  ];
}
