import { count } from '@etl/lib/amounts';
import { CliError } from '@etl/lib/cliError';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import type { DeadLetterBox } from '../../activities/ports';
import { connectClient } from '../../config/connection';
import { intakeRule } from '../../workers/intake/rule';
import { askYes, checkTerminal } from '../confirm';
import { withBox } from '../dlq/box';
import { dropGroup, type LetterGroup, selectGroups } from '../dlq/groups';
import { describeDiscarded, describeGroup, describeRedriven } from '../dlq/show';
import { cliExitCodes } from '../errors';
import { etlCommand } from '../hints';
import { printJson, printLines } from '../output';
import { planRedrive, previewRedrive, type Redriven, type RedrivePlan, redrive, removeDelivered } from '../redrive';

export interface DiscardOptions extends ListOptions {
  readonly all?: boolean;
  readonly yes?: boolean;
}

export interface ListOptions {
  readonly limit: number;
  readonly json?: boolean;
}

export interface RedriveOptions extends ListOptions {
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

export async function listLetters({ limit, json }: ListOptions): Promise<void> {
  await withBox(async ({ box, list }) => {
    const { groups, limited } = await list(limit);
    const open = groups.filter(({ isDelivered }) => !isDelivered);
    const delivered = groups.length - open.length;
    if (json) return printJson({ box: box.name, limited, delivered, letters: open.map(shown) });
    printLine(`${count(open.length, 'letter')} in ${box.name}`);
    for (const group of open) for (const line of describeGroup(group)) printLine(line);
    if (delivered > 0) {
      const remedy = `Remove them with: ${etlCommand('dlq', 'redrive', '--all')}; or ${etlCommand('dlq', 'discard', '--all')}`;
      printLine(`Not shown: ${count(delivered, 'letter')} of events that were delivered later. ${remedy}`);
    }
    if (limited) printLine(`There may be more letters: --limit is ${limit}.`);
  });
}

export async function redriveLetters(ids: string[], options: RedriveOptions): Promise<void> {
  const { all = false, dryRun = false, limit, json } = options;
  checkChoice('redrive', ids, all);
  await withBox(async ({ box, config, datasets, list }) => {
    const { selected, missing } = choose((await list(limit)).groups, ids, all);
    const rule = { ...intakeRule(config), datasets };
    const plans = selected.map((group) => ({ group, plan: planRedrive(group.letter, rule, config.rawBase) }));
    const done = dryRun ? plans.map(({ group, plan }) => previewRedrive(group, plan)) : await redriveAll(box, plans);
    if (json) printJson({ box: box.name, dryRun, letters: done, missing });
    else for (const line of describeRedriven(done, missing)) printLine(line);
    process.exitCode = exitCodeOf(done, missing);
  });
}

export async function discardLetters(ids: string[], options: DiscardOptions): Promise<void> {
  const { all = false, yes = false, limit, json } = options;
  checkChoice('discard', ids, all);
  await withBox(async ({ box, list }) => {
    const { selected, missing } = choose((await list(limit)).groups, ids, all);
    if (!yes && selected.length > 0 && !(await isConfirmed(selected, box, json))) {
      printLine('Nothing was discarded.');
      process.exitCode = cliExitCodes.interrupted;
      return;
    }
    const discarded: LetterGroup[] = [];
    for (const group of selected) if (await dropGroup(box, group)) discarded.push(group);
    const left = selected.filter((group) => !discarded.includes(group));
    const brief = ({ letter, key, copies }: LetterGroup) => ({ id: letter.id, key, copies: copies.length });
    if (json) printJson({ box: box.name, letters: discarded.map(brief), left: left.map(brief), missing });
    else for (const line of describeDiscarded(discarded, left, missing)) printLine(line);
    if (missing.length > 0) process.exitCode = cliExitCodes.noInput;
    else process.exitCode = left.length > 0 ? exitCodes.tryAgain : exitCodes.done;
  });
}

function checkChoice(command: 'redrive' | 'discard', ids: readonly string[], all: boolean): void {
  if (ids.length > 0 !== all) return;
  const message = `dlq ${command} requires letter IDs or --all`;
  throw new CliError(message, `List the letters with: ${etlCommand('dlq', 'list')}`, cliExitCodes.usage);
}

function choose(groups: readonly LetterGroup[], ids: readonly string[], all: boolean) {
  return all ? { selected: groups, missing: [] } : selectGroups(groups, ids);
}

/** Asks the user for confirmation. @throws {CliError} without a terminal */
async function isConfirmed(groups: readonly LetterGroup[], box: DeadLetterBox, json = false): Promise<boolean> {
  const what = count(groups.length, 'letter');
  const message = `dlq discard would delete ${what}, but there is no terminal to ask for confirmation`;
  checkTerminal(message, json);
  for (const group of groups) for (const line of describeGroup(group)) printLine(line);
  return askYes(`Discard ${what} in ${box.name}? Their events will be lost.`);
}

async function redriveAll(
  box: DeadLetterBox,
  plans: readonly { readonly group: LetterGroup; readonly plan: RedrivePlan }[],
): Promise<Redriven[]> {
  const done: Redriven[] = [];
  for (const { group } of plans) if (group.isDelivered) done.push(await removeDelivered(box, group));
  const open = plans.filter(({ group }) => !group.isDelivered);
  if (open.length === 0) return done;
  const { client, connection } = await connectClient();
  try {
    for (const { group, plan } of open) done.push(await redrive(client, box, group, plan));
    return done;
  } finally {
    await connection.close();
  }
}

/** Returns 0 only if every requested letter was started, or could be. */
export function exitCodeOf(done: readonly Redriven[], missing: readonly string[]): number {
  if (done.some(({ outcome }) => outcome === 'impossible')) return exitCodes.badData;
  if (missing.length > 0) return cliExitCodes.noInput;
  const isLeft = done.some(({ outcome }) => outcome === 'running' || outcome === 'failedAgain');
  return isLeft ? exitCodes.tryAgain : exitCodes.done;
}

/** Returns a letter for scripts, without the URI of its marker, which is internal. */
function shown({ key, letter: { marker: _, ...letter }, copies }: LetterGroup) {
  return { ...letter, key, copies: copies.length };
}

const printLine = (line: string): void => printLines([line]);
