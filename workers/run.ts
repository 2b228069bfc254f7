import { CliError } from '@etl/lib/cliError';
import { terminalLine } from '@etl/lib/text/terminal';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { Runtime } from '@temporalio/worker';
import { parseConfig } from '../config/environment';
import { explain } from '../config/explain';
import { createEtlWorker, type Extensions } from './etlWorker';
import { createLogger, temporalLogger } from './logger';
import { telemetry } from './metrics/telemetry';

/**
 * Runs this process as a worker until SIGTERM or SIGINT. An error ends the process: its cause and remedy are the last
 * two lines on stderr, and its kind is the exit code.
 */
export async function runEtlWorker(extensions?: Extensions): Promise<void> {
  try {
    const config = parseConfig(process.env);
    const log = createLogger(config.LOG_LEVEL);
    Runtime.install({
      logger: temporalLogger(log, config.LOG_LEVEL),
      shutdownSignals: [],
      ...(config.ETL_METRICS_ADDRESS && { telemetryOptions: telemetry(config.ETL_METRICS_ADDRESS) }),
    });
    const worker = await createEtlWorker(config, log, extensions);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => worker.shutdown());
    await worker.run();
  } catch (error) {
    const known = error instanceof CliError ? error : explain(error);
    const { message, remedy, exitCode } = known ?? {
      message: (error as Error).message,
      remedy: 'Check the log above and the variables in docs/configuration.md',
      exitCode: exitCodes.unavailable,
    };
    process.stderr.write(`etl-worker: ${terminalLine(message)}\netl-worker: ${terminalLine(remedy)}\n`);
    // Setting `exitCode` is not enough: open connections and polls would keep the process alive.
    process.exit(exitCode);
  }
}
