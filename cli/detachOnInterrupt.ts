import { cliExitCodes } from './errors';
import { etlCommand } from './hints';
import { printLines } from './output';

/**
 * Makes Ctrl-C end this command, but not the workflow that it follows. Returns a function that restores the default.
 */
export function detachOnInterrupt(what: string, workflowId: string, before: () => void): () => void {
  const interrupted = () => {
    before();
    const cancel = etlCommand('cancel', workflowId);
    const watch = what === 'replay' ? [] : [`Watch it with: ${etlCommand('watch', workflowId)}`];
    const lines = [`The ${what} continues without this command. Cancel it with: ${cancel}`, ...watch];
    printLines(lines, process.stderr);
    process.exit(cliExitCodes.interrupted);
  };
  process.once('SIGINT', interrupted);
  return () => void process.removeListener('SIGINT', interrupted);
}
