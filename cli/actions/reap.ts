import { count, number } from '@etl/lib/amounts';
import { summary } from '@etl/lib/text/markdown';
import { taskQueues, workflowTypes } from '@etl/pipeline/definition';
import { connectClient } from '../../config/connection';
import type { ReapInput, ReapReport } from '../../workflows/reapTasks';
import { sameCommandWith, temporalCommand } from '../hints';
import { printJson, printLines } from '../output';
import { reaperSchedule as scheduleId } from '../reaperSchedule';
import { storeIntervals } from '../schedule/intervals';

export interface ReapOptions {
  readonly stop?: boolean;
  readonly grace: number;
  readonly every?: number;
  readonly json?: boolean;
}

export async function reap({ stop = false, grace, every, json }: ReapOptions): Promise<void> {
  const input: ReapInput = { stop, graceSeconds: grace };
  const { client, connection } = await connectClient();
  const print = (object: object, lines: readonly string[]): void => (json ? printJson(object) : printLines(lines));
  try {
    if (every !== undefined) {
      await storeIntervals(client, { scheduleId, everyMinutes: every, workflowType: workflowTypes.reaper, input });
      const what = stop ? 'stops orphaned tasks' : 'reports orphaned tasks (add --stop to stop them)';
      return print({ scheduleId, everyMinutes: every, ...input }, [
        `Schedule ${scheduleId}: every ${count(every, 'minute')}, it ${what}.`,
        `Show it with: ${temporalCommand('schedule', 'describe', '--schedule-id', scheduleId)}`,
      ]);
    }
    const report: ReapReport = await client.workflow.execute(workflowTypes.reaper, {
      workflowId: `etl-reap-${Date.now()}`,
      taskQueue: taskQueues.main,
      args: [input],
      staticSummary: summary(stop ? 'Stops tasks of closed workflows' : 'Lists tasks of closed workflows'),
    });
    print(report, describeReport(report));
    if (report.notStopped.length > 0) process.exitCode = 1;
  } finally {
    await connection.close();
  }
}

export function describeReport(report: ReapReport): string[] {
  const { examined, orphans, unknown, leftOut = 0, stopped, notStopped, dryRun } = report;
  const problems = notStopped.map(({ taskArn, error }) => `not stopped: ${taskArn}: ${error}`);
  return [
    `${count(examined, 'running task')}: ${count(orphans.length, 'orphan')}, ${number(unknown.length)} of unknown workflows`,
    ...orphans.map(({ taskArn, workflowId, workflow }) => `orphan: ${taskArn} of ${workflowId} (${workflow})`),
    ...unknown.map(
      ({ taskArn, workflowId }) =>
        `unknown: ${taskArn} of ${workflowId}: check it manually, because Temporal does not know the workflow`,
    ),
    ...(leftOut > 0 ? [`… and ${leftOut} more: run the command again once these are stopped`] : []),
    ...(orphans.length > 0 && dryRun ? [`Nothing was stopped. Stop them with: ${sameCommandWith('--stop')}`] : []),
    ...(dryRun ? [] : [`${count(stopped.length, 'task')} stopped`]),
    ...problems,
  ];
}
