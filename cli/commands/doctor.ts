import { Command } from 'commander';
import { type Check, checks } from '../checks';
import { cliExitCodes } from '../errors';
import { mendPublications } from '../mend';

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('what is missing on this machine, with the command that mends each')
    .option('--mend', 'complete interrupted publications below S3_CLEAN_BUCKET')
    .option('--json', 'print one JSON object')
    .action(doctor);
}

const marks = { ok: 'ok     ', optional: 'absent ', missing: 'MISSING' } as const;

async function doctor({ mend, json }: { mend?: boolean; json?: boolean }): Promise<void> {
  const found: Check[] = await Promise.all(checks.map((check) => check()));
  const mended = mend ? await mendPublications() : undefined;
  if (json) {
    process.stdout.write(`${JSON.stringify({ checks: found, ...(mended && { mended }) })}\n`);
  } else {
    for (const { name, state, fact, remedy } of found) {
      process.stdout.write(`${marks[state]}  ${name}: ${fact}\n${remedy === undefined ? '' : `         ${remedy}\n`}`);
    }
    for (const line of mended ?? []) process.stdout.write(`mended   ${line}\n`);
    if (mended?.length === 0) process.stdout.write('ok       publications: nothing to mend\n');
  }
  if (found.some(({ state }) => state === 'missing')) process.exitCode = cliExitCodes.unavailable;
}
