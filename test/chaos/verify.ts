import { exitCodeOf, type RealTask } from '../support/realTasks';
import { wrongDelivery } from './delivery';
import { type Heard, wrongMessages } from './messages';
import { unexpectedOutcome } from './outcomes';
import type { Walked } from './walk';

/** Independent facts about a run: the tasks that there really were, its files at the destination, and what was heard of it. */
export interface Facts {
  readonly tasks: readonly RealTask[];
  readonly destination: string;
  readonly heard: Heard;
}

/** Everything about a run that is not as it must be: none, for a run that neither doubled, hung nor lied. */
export async function problemsOf(run: Walked, { tasks, destination, heard }: Facts): Promise<string[]> {
  const problems = run.hangs
    ? [`hangs: ${JSON.stringify(run.hangs)}`]
    : [
        ...doubled(tasks),
        ...lies(run, tasks),
        ...unexpectedOutcome(run, tasks),
        ...wrongMessages(run, heard),
        ...(await wrongDelivery(run, tasks, destination)),
      ];
  const ending = [run.status, run.failureType, run.reason].filter(Boolean).join(', ');
  return problems.map((problem) => `${run.workflowId} (${ending}): ${problem}`);
}

/** At most one task alive at any time, and one a generation. */
function doubled(tasks: readonly RealTask[]): string[] {
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

/** The outcome is what the container really did. */
function lies({ status, failureType, launches, kind }: Walked, tasks: readonly RealTask[]): string[] {
  const problems: string[] = [];
  const ended = (code: number) => tasks.some((task) => exitCodeOf(task) === code);
  if (failureType === 'BadData' && !ended(65)) problems.push('BadData, and no container said so');
  if (failureType === 'SourceChanged' && !ended(80)) problems.push('SourceChanged, and no container said so');
  if (status === 'FAILED' && ended(0)) problems.push('failed, and a container was done');
  if (kind === 'denied' && tasks.length > 0) problems.push('a task was launched without the permission');
  for (const { taskArn, exitCode } of launches) {
    if (exitCode === undefined) continue;
    const real = tasks.find(({ arn }) => arn === taskArn);
    if (!real || exitCodeOf(real) !== exitCode) problems.push(`${taskArn} is said to have ended with ${exitCode}`);
  }
  if (status === 'COMPLETED') {
    const untold = tasks.filter(({ arn }) => !launches.some(({ taskArn }) => taskArn === arn));
    // A launch without an answer has no ARN to tell of; what it left was stopped.
    const unanswered = launches.filter(({ taskArn }) => taskArn === undefined).length;
    if (untold.length > unanswered) problems.push(`${untold.length} launches are not shown`);
  }
  return problems;
}
