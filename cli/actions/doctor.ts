import { attributeChecks } from '../attributeChecks';
import { type Check, checks } from '../checks';
import { completePublications } from '../completePublications';
import { cliExitCodes } from '../errors';
import { latenessChecks } from '../latenessCheck';
import { printJson, printLines } from '../output';
import { sinkChecks } from '../sinkChecks';

export interface DoctorOptions {
  readonly mend?: boolean;
  readonly json?: boolean;
}

const marks = { ok: 'ok     ', optional: 'warning', missing: 'ERROR  ' } as const;

export async function doctor({ mend, json }: DoctorOptions): Promise<void> {
  const [machine, attributes, sinks, lateness] = await Promise.all([
    Promise.all(checks.map((check) => check())),
    attributeChecks(mend),
    sinkChecks(),
    latenessChecks(),
  ]);
  const found: readonly Check[] = [...machine, ...attributes, ...sinks, ...lateness];
  const mended = mend ? await completePublications() : undefined;
  if (json) {
    printJson({ checks: found, ...(mended && { mended }) });
  } else {
    for (const { name, state, fact, remedy } of found) {
      printLines([`${marks[state]}  ${name}: ${fact}`, ...(remedy === undefined ? [] : [`         ${remedy}`])]);
    }
    for (const line of mended ?? []) printLines([`fixed    publication completed: ${line}`]);
    if (mended?.length === 0) printLines(['ok       Publications: all complete']);
  }
  if (found.some(({ state }) => state === 'missing')) process.exitCode = cliExitCodes.unavailable;
}
