import { exitCodeOf, type RealTask } from '../support/realTasks';
import { wrongDelivery } from './delivery';
import { type SentMessages, wrongMessages } from './messages';
import { unexpectedOutcome } from './outcomes';
import type { Walked } from './walk';

/**
 * Independent facts about a run: the real tasks, the files at the destination, and the notifications and dead letters.
 */
export interface Facts {
  readonly tasks: readonly RealTask[];
  readonly destination: string;
  readonly sent: SentMessages;
}

/** Returns all problems of a run: empty when it launched once at a time, ended, and reported the truth. */
export async function problemsOf(run: Walked, { tasks, destination, sent }: Facts): Promise<string[]> {
  const problems = run.hangs
    ? [`hangs: ${JSON.stringify(run.hangs)}`]
    : [
        ...overlaps(tasks),
        ...contradictions(run, tasks),
        ...unexpectedOutcome(run, tasks),
        ...wrongMessages(run, sent),
        ...(await wrongDelivery(run, tasks, destination)),
      ];
  const ending = [run.status, run.failureType, run.reason].filter(Boolean).join(', ');
  return problems.map((problem) => `${run.workflowId} (${ending}): ${problem}`);
}

/** Checks that at most one task was alive at any time, and one task per generation. */
function overlaps(tasks: readonly RealTask[]): string[] {
  const problems: string[] = [];
  for (const [index, task] of tasks.entries()) {
    if (!task.end) problems.push(`task ${task.arn} never ended`);
    const before = tasks.slice(0, index);
    if (before.some(({ end }) => !end || end.at > task.createdAt)) problems.push(`two tasks at a time: ${task.arn}`);
    if (before.some(({ generation }) => generation === task.generation)) {
      problems.push(`generation ${task.generation} was launched twice`);
    }
  }
  return problems;
}

/** Checks that the reported outcome matches what the containers really did. */
function contradictions({ status, failureType, launches, kind }: Walked, tasks: readonly RealTask[]): string[] {
  const problems: string[] = [];
  const ended = (code: number) => tasks.some((task) => exitCodeOf(task) === code);
  if (failureType === 'BadData' && !ended(65)) problems.push('BadData, but no container exited with 65');
  if (failureType === 'SourceChanged' && !ended(80)) problems.push('SourceChanged, but no container exited with 80');
  if (status === 'FAILED' && ended(0)) problems.push('failed, but a container exited with 0');
  if (kind === 'denied' && tasks.length > 0) problems.push('a task was launched without the permission');
  for (const { taskArn, exitCode } of launches) {
    if (exitCode === undefined) continue;
    const real = tasks.find(({ arn }) => arn === taskArn);
    if (!real || exitCodeOf(real) !== exitCode)
      problems.push(`${taskArn} did not end with the reported exit code ${exitCode}`);
  }
  if (status === 'COMPLETED') {
    const unreported = tasks.filter(({ arn }) => !launches.some(({ taskArn }) => taskArn === arn));
    // A launch without a response has no ARN to report; its task was stopped.
    const unanswered = launches.filter(({ taskArn }) => taskArn === undefined).length;
    if (unreported.length > unanswered) problems.push(`${unreported.length} launches are not shown`);
  }
  return problems;
}
