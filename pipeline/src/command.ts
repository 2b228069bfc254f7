import { shellWord } from '@etl/lib/shellWord';

/** Formats the arguments of an `etl` command for the reader. */
export type CommandText = (...args: readonly string[]) => string;

/** Formats a command for a folder in which the package is installed. */
export const npxCommand: CommandText = (...args) => ['npx etl', ...args.map(shellWord)].join(' ');
