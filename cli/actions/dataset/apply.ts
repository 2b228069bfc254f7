import { CliError } from '@etl/lib/cliError';
import { comparePublished, type FileChange, publishChange } from '../../dataset/publish';
import { chosen, readDeclarations } from '../../dataset/read';
import { applyChange, compareSchedules, type ScheduleChange } from '../../dataset/schedules';
import { cliExitCodes } from '../../errors';
import { printLines } from '../../output';
import { printResult, withClient } from '../../withClient';

export interface ApplyOptions {
  readonly to?: string;
  readonly prune?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const signs = { create: '+', update: '~', delete: '-', unchanged: '=', foreign: '!', orphan: '?' } as const;

/** What happens to a schedule, in words. */
const endings = {
  ...{ create: ': create', update: ': update', delete: ': delete', unchanged: '' },
  foreign: ' is left alone',
  orphan: ' is kept; delete it with --prune',
} as const;

/**
 * Copies the declarations to the folder that workers read, if one is given, and creates, updates and deletes the
 * schedules of declared datasets. Prints all differences first.
 */
export async function apply(
  names: readonly string[],
  { to, prune = false, dryRun = false, json }: ApplyOptions,
): Promise<void> {
  if (prune && names.length > 0) {
    const remedy = 'Leave the names out: --prune compares the whole folder with the server';
    throw new CliError('--prune cannot be combined with names of datasets', remedy, cliExitCodes.usage);
  }
  const declared = await readDeclarations();
  const datasets = chosen(declared, names);
  await withClient(async (client) => {
    const others = names.length > 0 ? 'ignore' : prune ? 'delete' : 'name';
    const schedules = await compareSchedules(client, datasets, others);
    const files = to === undefined ? [] : await comparePublished(declared.folder, datasets, to);
    if (!json && schedules.length + files.length > 0) printLines(describe(schedules, files));
    if (!dryRun) {
      // Declarations first: a schedule that starts at once needs them.
      for (const each of files) await publishChange(each);
      for (const each of schedules)
        await applyChange(
          client,
          each,
          datasets.find(({ name }) => name === each.name),
        );
    }
    const foreign = schedules.filter(({ action }) => action === 'foreign');
    const result = { dryRun, schedules, files: files.map(({ action, to: uri }) => ({ action, to: uri })) };
    printResult(json, result, [dryRun ? 'Nothing was changed.' : summary(schedules, files)]);
    if (foreign.length > 0) process.exitCode = cliExitCodes.cannotCreate;
  });
}

function describe(schedules: readonly ScheduleChange[], files: readonly FileChange[]): string[] {
  return [
    ...files.map(({ action, to }) => `${signs[action]} declaration ${to}`),
    ...schedules.flatMap(({ name, action, differences }) => [
      `${signs[action]} schedule ${name}${endings[action]}`,
      ...differences.map((difference) => `    ${difference}`),
    ]),
  ];
}

function summary(schedules: readonly ScheduleChange[], files: readonly FileChange[]): string {
  if (schedules.length + files.length === 0) return 'Nothing to apply: no schedule is declared, and none is left over.';
  const count = (action: ScheduleChange['action']): number =>
    [...schedules, ...files].filter((each) => each.action === action).length;
  const others = count('foreign') + count('orphan');
  const left = others > 0 ? `, ${others} left alone` : '';
  return `Applied: ${count('create')} created, ${count('update')} updated, ${count('delete')} deleted, ${count('unchanged')} unchanged${left}.`;
}
