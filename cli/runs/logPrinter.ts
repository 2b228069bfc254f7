import { oneLine } from '@etl/lib/oneLine';
import type { RunView } from '@etl/pipeline/runs/runView';
import type { TaskLogReader } from '../../activities/ports';
import type { RunTask } from '../../client/runs/readTasks';
import { printLines } from '../output';

/** Prints the logs of tasks, and remembers what was printed. Log lines go to stdout, all other lines to stderr. */
export function createLogPrinter(reader: TaskLogReader, out: NodeJS.WriteStream = process.stdout) {
  const positions = new Map<string, string>();
  const announced = new Set<string>();
  const withoutLog = new Set<string>();
  let current: string | undefined;

  const announce = (task: RunTask): void => {
    if (current === task.label) return;
    current = task.label;
    printLines([`--- ${task.label}${task.taskArn === undefined ? '' : `, ${task.taskArn}`}`], process.stderr);
  };

  const printTask = async (task: RunTask, taskArn: string): Promise<void> => {
    for (;;) {
      const page = await reader.read(taskArn, positions.get(taskArn));
      if (!page) {
        withoutLog.add(taskArn);
        return;
      }
      withoutLog.delete(taskArn);
      positions.set(taskArn, page.next);
      if (page.lines.length > 0) {
        announce(task);
        announced.add(task.label);
        printLines(page.lines, out);
      }
      if (page.isEnd) return;
    }
  };

  return {
    /** Prints the lines that the tasks have written since the last call. */
    async print(tasks: readonly RunTask[]): Promise<void> {
      for (const task of tasks) {
        if (task.taskArn !== undefined) await printTask(task, task.taskArn);
        else if (task.lane === 'light' && task.end?.logTail && !announced.has(task.label)) {
          announced.add(task.label);
          if (task.end.logTail.length === 0) continue;
          announce(task);
          printLines(task.end.logTail, out);
        }
      }
    },
    /** Returns a line for each task without a log, with the reason, or why the run has no task. */
    summary(tasks: readonly RunTask[], view: RunView): string[] {
      const silent = tasks.filter(({ label }) => !announced.has(label) || withoutLog.has(label));
      if (tasks.length === 0) return [`no task was launched${reasonOf(view)}`];
      return silent.map((task) => `${task.label}: ${whyWithoutLog(task)}`);
    },
  };
}

const reasonOf = ({ failureType, reason }: RunView): string =>
  failureType === undefined ? '' : `: ${[failureType, reason && oneLine(reason, '; ')].filter(Boolean).join(': ')}`;

function whyWithoutLog({ taskArn, failure, end, lane }: RunTask): string {
  if (failure !== undefined) return `no task: ${oneLine(failure, '; ')}`;
  if (lane === 'light') return 'no log: the light lane keeps log lines only of a conversion that failed';
  if (taskArn === undefined) return 'no task yet';
  const { stopCode, stoppedReason, containerReason } = end ?? {};
  const stop = [stopCode, stoppedReason, containerReason].filter(Boolean).join(': ');
  return stop === '' ? `no log lines, ${taskArn}` : `no log lines: ${stop}`;
}
