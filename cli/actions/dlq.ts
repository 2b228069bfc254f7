import { exitCodes } from '@etl/pipeline/failures';
import { looseDetail } from '@etl/pipeline/looseDetail';
import type { DeadLetterBox, KeptLetter } from '../../activities/ports';
import { createDeadLetterFolder } from '../../local/deadLetterFolder';
import { places } from '../../local/places';
import { awsServices } from '../../workers/aws';
import { type Config, parseConfig } from '../../workers/config';
import { connectClient } from '../../workers/connection';
import { intakeRule } from '../../workers/intake/rule';
import type { ListOptions, RedriveOptions } from '../commands/dlq';
import { CliError, cliExitCodes } from '../errors';
import { type Again, foreseen, type Redriven, redrive, startsAgain } from '../redrive';
import { count } from '../show';

export async function listLetters({ limit, json }: ListOptions): Promise<void> {
  await withBox(parseConfig(process.env), async (box) => {
    const letters = await lettersIn(box, limit);
    if (json) return print({ box: box.name, limited: letters.length === limit, letters });
    say(`${count(letters.length, 'letter')} in ${box.name}`);
    for (const letter of letters) for (const line of describeLetter(letter)) say(line);
    if (letters.length === limit) say(`There may be more: --limit is ${limit}.`);
  });
}

export async function redriveLetters(ids: string[], options: RedriveOptions): Promise<void> {
  const { all = false, dryRun = false, limit, json } = options;
  if (ids.length > 0 === all) {
    const message = 'dlq redrive wants the IDs of letters, or --all';
    throw new CliError(message, 'see them with: npx etl dlq list', cliExitCodes.usage);
  }
  const config = parseConfig(process.env);
  const rule = intakeRule(config);
  await withBox(config, async (box) => {
    const letters = (await lettersIn(box, limit)).filter(({ id }) => all || ids.includes(id));
    const missing = ids.filter((id) => !letters.some((letter) => letter.id === id));
    const plans = letters.map((letter) => ({ letter, again: startsAgain(letter, rule, config.rawBase) }));
    const done = dryRun ? plans.map(({ letter, again }) => foreseen(letter, again)) : await redriveAll(box, plans);
    if (json) print({ box: box.name, dryRun, letters: done, missing });
    else for (const line of describeRedriven(done, missing)) say(line);
    process.exitCode = exitCodeOf(done, missing);
  });
}

async function redriveAll(
  box: DeadLetterBox,
  plans: readonly { readonly letter: KeptLetter; readonly again: Again }[],
): Promise<Redriven[]> {
  if (plans.length === 0) return [];
  const { client, connection } = await connectClient();
  try {
    const done: Redriven[] = [];
    for (const { letter, again } of plans) done.push(await redrive(client, box, letter, again));
    return done;
  } finally {
    await connection.close();
  }
}

/** The queue where one is configured, else the local system's folder. What it has in hand is let go of in any case. */
async function withBox(config: Config, work: (box: DeadLetterBox) => Promise<void>): Promise<void> {
  const { DLQ_URL: queueUrl, stateDir } = config;
  const box =
    queueUrl === undefined
      ? createDeadLetterFolder(places(stateDir).deadLetters)
      : awsServices().deadLetterBox(queueUrl);
  try {
    await work(box);
  } finally {
    await box.close();
  }
}

async function lettersIn(box: DeadLetterBox, limit: number): Promise<readonly KeptLetter[]> {
  try {
    return await box.list(limit);
  } catch (error) {
    const message = `the dead letters in ${box.name} cannot be read: ${(error as Error).message}`;
    const remedy = 'mend DLQ_URL and the variables of the AWS SDK; without DLQ_URL, ETL_STATE_DIR says where they are';
    throw new CliError(message, remedy, cliExitCodes.unavailable, { cause: error });
  }
}

export function describeLetter({ id, sentAt, failureType, reason, workflowId, runId, event }: KeptLetter): string[] {
  const { s3Key, batchDate } = looseDetail(event);
  const facts = [
    ...(s3Key === undefined ? [] : [`file: ${s3Key}${batchDate === undefined ? '' : `, ${batchDate}`}`]),
    ...(workflowId === undefined ? [] : [`run: ${workflowId}${runId === undefined ? '' : ` (${runId})`}`]),
    ...(reason === undefined ? [] : [`reason: ${reason.replace(/\s*\n\s*/g, '; ')}`]),
  ];
  return [
    `${id}  ${sentAt ?? 'at an unknown time'}  ${failureType ?? 'of unknown cause'}`,
    ...facts.map((fact) => `  ${fact}`),
  ];
}

export function describeRedriven(done: readonly Redriven[], missing: readonly string[]): string[] {
  const lines = done.map(describeOne);
  if (done.length === 0 && missing.length === 0) lines.push('There are no letters.');
  return [...lines, ...missing.map((id) => `not found: ${id}`)];
}

function describeOne(each: Redriven): string {
  const runs = each.workflowIds.join(', ');
  switch (each.outcome) {
    case 'started':
      return `started ${runs}, letter ${each.id} removed`;
    case 'wouldStart':
      return `would start ${runs} for letter ${each.id}`;
    case 'running':
      return `left: ${each.id}: ${runs} is being run already`;
    case 'impossible':
      return `left: ${each.id}: it cannot be started again: ${each.problem}`;
  }
}

/** 0 only when all that were asked for were started, or could be. */
export function exitCodeOf(done: readonly Redriven[], missing: readonly string[]): number {
  if (done.some(({ outcome }) => outcome === 'impossible')) return exitCodes.badData;
  if (missing.length > 0) return cliExitCodes.noInput;
  return done.some(({ outcome }) => outcome === 'running') ? exitCodes.tryAgain : exitCodes.done;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const print = (object: object): void => say(JSON.stringify(object));
