import { count } from '@etl/lib/amounts';
import { firstOf } from '@etl/lib/capped';
import type { Dataset } from '@etl/pipeline/dataset/declaration';
import { readDeclarations, shownPath, shownProblem } from '../../dataset/read';
import { cliExitCodes } from '../../errors';
import { etlCommand } from '../../hints';
import { printResult } from '../../withClient';

export interface ListOptions {
  readonly json?: boolean;
}

export async function list({ json }: ListOptions): Promise<void> {
  const { folder, datasets } = await readDeclarations();
  const all = datasets.all();
  const broken = datasets.broken.map(({ name, problems }) => ({ name, problems: problems.map(shownProblem) }));
  const lines = [
    ...all.map(describe),
    ...broken.map(({ name, problems }) => `${name}: NOT USABLE: ${firstProblem(problems)}`),
  ];
  printResult(
    json,
    { folder, datasets: all.map(({ name, file, hash, declaration }) => ({ name, file, hash, declaration })), broken },
    lines.length > 0 ? lines : [`There are no declarations in ${folder}`],
  );
  if (broken.length > 0) process.exitCode = cliExitCodes.usage;
}

function firstProblem(problems: readonly string[]): string {
  const { shown, more } = firstOf(problems, 1);
  return `${shown[0]}${more === 0 ? '' : ` (${count(more, 'further problem')}: ${etlCommand('dataset', 'check')})`}`;
}

function describe({ name, file, hash, declaration }: Dataset): string {
  const { source, schedule, owner } = declaration;
  const times = schedule && `${schedule.cron ?? `at ${schedule.at}`}, ${schedule.timeZone ?? 'UTC'}`;
  const facts = [source.pattern, times ?? 'no schedule', owner?.team ?? 'no owner', hash, shownPath(file)];
  return `${name}: ${facts.join('; ')}`;
}
