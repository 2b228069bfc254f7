import { cut } from '@etl/lib/capped';
import type { Reading } from '@etl/lib/reading';
import { npxCommand } from './command';
import type { Options } from './options';

/** Decision whether held data may be published: payload of the update `approve` and the signal `approval`. */
export interface Approval {
  readonly approved: boolean;
  /** Person who decided. */
  readonly by?: string;
  readonly note?: string;
}

const maxText = 500;

/** Returns why a message is not a valid approval; undefined for a valid one. */
export function approvalProblem(message: unknown): string | undefined {
  if (message === null || typeof message !== 'object' || Array.isArray(message))
    return 'expected {"approved": true} or {"approved": false}';
  const { approved, by, note, ...rest } = message as Record<string, unknown>;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return `${cut(unknown, 80)}: unknown key; use approved, by and note`;
  if (typeof approved !== 'boolean') return 'approved: must be true or false';
  for (const [name, text] of Object.entries({ by, note })) {
    if (text !== undefined && (typeof text !== 'string' || text.length > maxText))
      return `${name}: must be a string of at most ${maxText} characters`;
  }
  return undefined;
}

/** Parses the payload of the update `approve` and the signal `approval`. */
export function readApproval(input: unknown): Reading<Approval> {
  const problem = approvalProblem(input);
  return problem === undefined ? { value: input as Approval } : { problem };
}

/** Returns whether a quality gate with these options can hold a batch. */
export function mayBeHeld({ quality, rejects }: Options): boolean {
  const levels = [quality?.rowCount?.level, rejects?.level, ...(quality?.rules ?? []).map(({ level }) => level)];
  return levels.includes('hold');
}

/** Returns the command that approves or refuses a held run. */
export function approveCommand(workflowId: string, approved = true): string {
  return npxCommand('approve', workflowId, ...(approved ? [] : ['--refuse']));
}
