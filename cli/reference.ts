import { Argument, type Command, type Option } from 'commander';
import { commands } from './commands';

/** A command without subcommands, with its full name. */
interface NamedCommand {
  /** @example 'etl dlq list' */
  readonly name: string;
  readonly command: Command;
}

/** A row of a command's parameter table. */
export interface ParameterRow {
  /** Parameter as the help shows it: `<file>`, `--date <YYYY-MM-DD>`. */
  readonly parameter: string;
  /** `required`, the default, or an empty string. */
  readonly byDefault: string;
  readonly description: string;
}

/** Returns every command without subcommands, in the order of the help. */
export function namedCommands(): NamedCommand[] {
  return commands.flatMap((declare) => leavesOf(declare(), 'etl'));
}

function leavesOf(command: Command, parent: string): NamedCommand[] {
  const name = `${parent} ${command.name()}`;
  if (command.commands.length === 0) return [{ name, command }];
  return command.commands.flatMap((child) => leavesOf(child, name));
}

/** Returns the arguments, then the flags of a command, in the order of its help. */
export function parametersOf(command: Command): ParameterRow[] {
  return [...command.registeredArguments, ...command.options].map(rowOf);
}

function rowOf(parameter: Argument | Option): ParameterRow {
  const isArgument = parameter instanceof Argument;
  const isRequired = isArgument ? parameter.required : parameter.mandatory;
  const [, text = '', describedDefault] = /^(.*?)(?: \(default: (.*)\))?$/.exec(parameter.description) ?? [];
  const choices = parameter.argChoices?.length ? `; one of ${parameter.argChoices.join(', ')}` : '';
  return {
    parameter: isArgument ? argumentName(parameter) : parameter.flags,
    byDefault: isRequired ? 'required' : (declaredDefault(parameter) ?? describedDefault ?? ''),
    description: `${text}${choices}`,
  };
}

function argumentName(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/**
 * Returns the default of a parameter. Returns undefined for a flag without a value: such a flag is off by default, and
 * a `--no-…` flag on.
 */
function declaredDefault({ defaultValue, defaultValueDescription }: Argument | Option): string | undefined {
  if (defaultValue === undefined || typeof defaultValue === 'boolean') return undefined;
  return defaultValueDescription ?? String(defaultValue);
}

/** Returns the description of a command and the table of its arguments and flags, in Markdown. */
export function commandBlock(command: Command): string {
  const description = command.description();
  const rows = parametersOf(command).map(
    (row) => `| \`${cell(row.parameter)}\` | ${cell(row.byDefault)} | ${cell(row.description)} |`,
  );
  return [
    `${description.charAt(0).toUpperCase()}${description.slice(1)}.`,
    '',
    '| Argument or flag | Default | Description |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** Escapes vertical bars, which end a table cell even within code. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

/** Returns the generated blocks of docs/cli.md by name. */
export function commandBlocks(): Readonly<Record<string, string>> {
  return Object.fromEntries(namedCommands().map(({ name, command }) => [`flags of ${name}`, commandBlock(command)]));
}
