import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodeOf, type RealTask } from '../support/realTasks';
import { sha256Of } from './sources';
import type { Walked } from './walk';

/** Everything about a run that is not as it must be: none, for a run that neither doubled, hung nor lied. */
export async function problemsOf(run: Walked, tasks: readonly RealTask[], destination: string): Promise<string[]> {
  return [...doubled(tasks), ...lies(run, tasks), ...(await wrongOutput(run, destination))].map(
    (problem) => `${run.workflowId} (${run.status} ${run.failureType ?? ''}): ${problem}`,
  );
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
function lies({ status, failureType, launches, source }: Walked, tasks: readonly RealTask[]): string[] {
  const problems: string[] = [];
  const reallyDone = tasks.some((task) => exitCodeOf(task) === 0);
  const reallyBad = tasks.some((task) => exitCodeOf(task) === 65);
  if (status === 'COMPLETED' && !source.parts) problems.push('a file that cannot be loaded was delivered');
  if (failureType === 'BadData' && !reallyBad) problems.push('BadData, and no container said so');
  if (status === 'FAILED' && reallyDone) problems.push('failed, and a container was done');
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

/** What readers see is whole and the same bytes as ever; a run that delivered left nothing out. */
async function wrongOutput(run: Walked, destination: string): Promise<string[]> {
  const published = join(destination, run.dataset, 'batch_date=2026-02-08');
  const folder = existsSync(published) ? join(published, readdirSync(published)[0] ?? '') : undefined;
  if (!folder || !existsSync(join(folder, '_SUCCESS'))) {
    return run.status === 'COMPLETED' ? ['completed, and nothing is published'] : [];
  }
  if (run.status === 'FAILED') return ['failed, and its batch is published'];
  const files = readdirSync(folder).filter((name) => name.endsWith('.parquet'));
  const expected = run.source.parts ?? new Map();
  if (files.length !== expected.size) return [`${files.length} parts instead of ${expected.size}`];
  const problems: string[] = [];
  for (const file of files) {
    if ((await sha256Of(join(folder, file))) !== expected.get(file)) problems.push(`${file} has other bytes`);
  }
  return problems;
}
