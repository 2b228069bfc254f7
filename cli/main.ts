import { CliError } from '@etl/lib/cliError';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { Command, CommanderError, type Option } from 'commander';
import { BatchRunningError } from '../client/batchRunningError';
import { TemporalConnectionError } from '../config/errors';
import { explain } from '../config/explain';
import { runningSystems, useLocalSystem } from '../local/system/localSystems';
import { PartError } from '../local/system/partError';
import { PortTakenError, TemporalNotFoundError } from '../local/temporal/errors';
import { commands } from './commands';
import { cliExitCodes } from './errors';
import { etlCommand } from './hints';
import { printLines, printText } from './output';
import { version } from './version';

/** Runs the `etl` command and sets the process's exit code. */
export async function main(argv: string[]): Promise<void> {
  process.stdout.on('error', onOutputError);
  const program = new Command('etl')
    .description('convert CSV files to Parquet on ECS Fargate, orchestrated by Temporal')
    .version(version)
    .option('--verbose', 'show stack traces')
    .exitOverride()
    .configureOutput(encodedOutput)
    .showSuggestionAfterError();
  for (const command of commands) program.addCommand(withRemedy(command(), 'etl').exitOverride());
  program.hook('preAction', (_program, command) => {
    if (!usesSystem(command)) return;
    const report = (line: string): void => printLines([line], process.stderr);
    try {
      useLocalSystem(report);
    } catch (error) {
      // `etl doctor` can report what is missing without a selected system.
      if (command.name() !== 'doctor' || !(error instanceof CliError)) throw error;
      printLines([error.message, ...error.further, error.remedy], process.stderr);
    }
  });
  try {
    await program.parseAsync(argv);
  } catch (error) {
    const exitCode = reportError(error, program.opts<{ verbose?: boolean }>().verbose === true);
    // An interrupted command may be waiting for an answer that never arrives.
    if (exitCode === cliExitCodes.interrupted) process.exit(exitCode);
    process.exitCode = exitCode;
  }
}

/** Commands that use a running system. Other commands start a separate system, or need none. */
const systemCommands = [
  ...['run', 'runs', 'watch', 'logs', 'cancel', 'approve', 'retry'],
  ...['batch', 'backfill', 'schedule', 'apply', 'diff', 'sink', 'vacuum', 'reap', 'dlq', 'report', 'cost', 'doctor'],
];

function usesSystem(command: Command): boolean {
  // Only then does `etl advise` read the batches of a system.
  if (command.opts<{ fromHistory?: boolean }>().fromHistory) return true;
  for (let each: Command | null = command; each; each = each.parent) {
    if (systemCommands.includes(each.name())) return true;
  }
  return false;
}

/** Escapes Commander's output, because it quotes arguments. */
const encodedOutput = {
  writeOut: (text: string) => printText(text),
  writeErr: (text: string) => printText(text, process.stderr),
};

/** Adds the option to errors of its value, and to Commander's usage errors the command that shows the help. */
function withRemedy(command: Command, parent: string): Command {
  const name = `${parent} ${command.name()}`;
  command.configureOutput(encodedOutput);
  for (const option of command.options) nameInErrors(option);
  for (const child of command.commands) withRemedy(child, name);
  return command.showHelpAfterError(`For usage, see: ${etlCommand(...name.split(' ').slice(1), '--help')}`);
}

/** Makes errors of an option's parser begin with the option: `--port: x is not a port`. */
function nameInErrors(option: Option): void {
  const { parseArg, long } = option;
  if (!parseArg || !long) return;
  option.argParser((text: string, previous: unknown) => {
    try {
      return parseArg(text, previous);
    } catch (cause) {
      if (!(cause instanceof CliError) || cause.message.startsWith(long)) throw cause;
      throw new CliError(`${long}: ${cause.message}`, cause.remedy, cause.exitCode, { cause });
    }
  });
}

/**
 * Handles a failed write to stdout. If the reader has closed the pipe, as `head` does, the command still completes in
 * order.
 */
function onOutputError(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  printLines(
    [`error: cannot write the output: ${error.message}`, 'Check that its destination has free space'],
    process.stderr,
  );
  process.exitCode = exitCodes.ioError;
}

function reportError(error: unknown, verbose: boolean): number {
  // Commander has already printed the problem with the arguments.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : cliExitCodes.usage;
  const { message, remedy, exitCode, further = [] } = explainAny(error);
  printLines([`error: ${message}`, ...further, remedy], process.stderr);
  if (verbose && error instanceof Error) printText(`${error.stack}\n`, process.stderr);
  return exitCode;
}

interface Explanation {
  readonly message: string;
  readonly remedy: string;
  readonly exitCode: number;
  readonly further?: readonly string[];
}

function explainAny(error: unknown): Explanation {
  if (error instanceof CliError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof TemporalConnectionError && error.kind === 'Unavailable') {
    return { message, remedy: startRemedy(), exitCode: cliExitCodes.unavailable };
  }
  if (error instanceof BatchRunningError) {
    const remedy = `Watch it with: ${etlCommand('watch', error.workflowId)}`;
    return { message, remedy, exitCode: exitCodes.tryAgain };
  }
  if (error instanceof PartError) {
    return { message, remedy: error.remedy, exitCode: error.exitCode ?? cliExitCodes.unavailable };
  }
  if (error instanceof PortTakenError) {
    const remedy =
      'Stop the process that uses the port, or choose other ports with --temporal-port, --ui-port and --ecs-port';
    return { message, remedy, exitCode: cliExitCodes.unavailable };
  }
  if (error instanceof TemporalNotFoundError) {
    const remedy = 'Install the Temporal CLI (https://docs.temporal.io/cli), or set TEMPORAL_ADDRESS to a server';
    return { message, remedy, exitCode: cliExitCodes.unavailable };
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return { message: 'interrupted', remedy: 'No process was left running', exitCode: cliExitCodes.interrupted };
  }
  const remedy = 'This error was not expected. Run the command again with --verbose to see the stack trace';
  return explain(error) ?? { message, remedy, exitCode: cliExitCodes.failed };
}

function startRemedy(): string {
  const others = runningSystems().map(({ stateDir, temporal }) => `ETL_STATE_DIR=${stateDir} (Temporal ${temporal})`);
  const start = `Start the local system in another terminal: ${etlCommand('up')}; or set TEMPORAL_ADDRESS`;
  return others.length === 0 ? start : `${start}. Running elsewhere: ${others.join(', ')}`;
}
