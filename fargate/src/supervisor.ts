import { injectedFaults } from './faults/play';
import { supervise } from './run/supervise';

/**
 * The process that runs one task, in its own session, so that the task survives the end of the endpoint and of a
 * terminal. Argument: the task's folder. It depends on Node alone, because every task starts one.
 */
supervise(injectedFaults).catch((error: unknown) => {
  console.error(`Supervisor of ${process.argv[2]}: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 70;
});
