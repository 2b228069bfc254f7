import { type Check, checks } from '../checks';
import type { DoctorOptions } from '../commands/doctor';
import { cliExitCodes } from '../errors';
import { mendPublications } from '../mend';

const marks = { ok: 'ok     ', optional: 'absent ', missing: 'MISSING' } as const;

export async function doctor({ mend, json }: DoctorOptions): Promise<void> {
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
