import { etlCommand } from '../hints';

/** The command that was given, with another interpreter: to be pasted into a shell. */
export function commandWith(interpreter: string, args: readonly string[]): string {
  const kept = args.filter((each, index) => !each.startsWith('--interpreter') && args[index - 1] !== '--interpreter');
  return etlCommand(...kept, '--interpreter', interpreter);
}
