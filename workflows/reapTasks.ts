import { bullets, code, type Markdown, md } from '@etl/pipeline/text/markdown';
import { CancellationScope, upsertMemo } from '@temporalio/workflow';
import type { OrphanReport } from '../activities/contract';
import { call } from './calls';
import { showDetails } from './details';
import { asFailure } from './failures';

export interface ReapInput {
  /** Stop what was found; without it, it is only reported. */
  readonly stop?: boolean;
  /** A workflow that ended less than this ago may still be stopping its task itself. */
  readonly graceSeconds?: number;
}

export interface ReapReport extends OrphanReport {
  readonly dryRun: boolean;
  readonly stopped: readonly string[];
  readonly notStopped: readonly { readonly taskArn: string; readonly error: string }[];
}

const defaultGraceSeconds = 600;

/**
 * Finds the tasks of workflows that have ended without stopping them (terminated ones cannot), reports them, and stops
 * them when told to. Meant to be run by a schedule.
 */
export async function reapTasks(input: ReapInput = {}): Promise<ReapReport> {
  const report = await call(
    'findOrphans',
    'tasks of ended workflows',
  )({
    graceSeconds: input.graceSeconds ?? defaultGraceSeconds,
  });
  const stopped: string[] = [];
  const notStopped: { taskArn: string; error: string }[] = [];
  if (input.stop) {
    // One after the other: this is tidying up, and must not take the API from those who work.
    for (const { taskArn, workflowId } of report.orphans) {
      try {
        await call('stopTask', `orphan of ${workflowId}`)({ taskArn, reason: `orphan of workflow ${workflowId}` });
        stopped.push(taskArn);
      } catch (error) {
        if (CancellationScope.current().consideredCancelled) throw error;
        notStopped.push({ taskArn, error: asFailure(error).message });
      }
    }
  }
  const whole = { ...report, dryRun: !input.stop, stopped, notStopped };
  showDetails(...describe(whole));
  upsertMemo({ reaper: { orphans: report.orphans.length, stopped: stopped.length, unknown: report.unknown.length } });
  return whole;
}

function describe({ examined, orphans, unknown, stopped, dryRun }: ReapReport): Markdown[] {
  const done = dryRun ? 'dry run, nothing stopped' : `${stopped.length} stopped`;
  const lines = orphans.map(({ taskArn, workflowId, workflow }) => md`${code(taskArn)}: ${workflowId} ${workflow}`);
  return [
    md`${examined} tasks, ${orphans.length} orphans (${done}), ${unknown.length} of unknown workflows`,
    ...(lines.length > 0 ? [bullets(lines)] : []),
  ];
}
