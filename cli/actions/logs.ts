import { CliError } from '@etl/lib/cliError';
import { pause } from '@etl/lib/pause';
import type { RunView } from '@etl/pipeline/runs/runView';
import { type RunRef, readRun } from '../../client/runs/readRun';
import { type RunTask, readTasks } from '../../client/runs/readTasks';
import { parseConfig } from '../../config/environment';
import { createTaskLogReader } from '../../workers/taskLogReader';
import { cliExitCodes } from '../errors';
import { etlCommand } from '../hints';
import { printLines } from '../output';
import { createLogPrinter } from '../runs/logPrinter';
import { resolveRun } from '../runs/resolve';
import { withClient } from '../withClient';

export interface LogsOptions {
  readonly follow?: boolean;
  readonly launch?: number;
}

/** Seconds between two reads while the run is open. */
const pollSeconds = 2;

/** Prints the log lines on stdout, and everything about the tasks themselves on stderr. */
export async function logs(text: string, { follow, launch }: LogsOptions): Promise<void> {
  const reader = createTaskLogReader(parseConfig(process.env));
  await withClient(async (client) => {
    const printer = createLogPrinter(reader);
    const { signal } = new AbortController();
    let run: RunRef = await resolveRun(client, text);
    for (;;) {
      const view = await readRun(client, run, etlCommand);
      // A run that starts under the same ID meanwhile is another one.
      run = { workflowId: view.workflowId, runId: view.runId };
      const all = await readTasks(client, view);
      const tasks = all.filter((task) => isSelected(task, launch));
      const isEnd = view.endedAt !== undefined || !follow;
      await printer.print(tasks);
      if (isEnd) {
        if (launch !== undefined && tasks.length === 0) throw noSuchLaunch(launch, all, view);
        const lines = printer.summary(tasks, view);
        if (lines.length > 0) printLines(lines, process.stderr);
        return;
      }
      await pause(pollSeconds, signal);
    }
  });
}

/** Returns the error for a launch that the run does not have. */
export function noSuchLaunch(launch: number, tasks: readonly RunTask[], { workflowId }: RunView): CliError {
  const known = [...new Set(tasks.map(({ generation }) => generation))];
  const remedy = known.length === 0 ? 'No task was launched: omit --launch' : `Select one of: ${known.join(', ')}`;
  return new CliError(`run ${workflowId} has no launch ${launch}`, remedy, cliExitCodes.noInput);
}

const isSelected = ({ generation }: RunTask, launch: number | undefined): boolean =>
  launch === undefined || generation === launch;
