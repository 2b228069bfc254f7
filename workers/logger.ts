import { escapeJson } from '@etl/lib/text/json';
import { DefaultLogger, type LogLevel } from '@temporalio/worker';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';

/**
 * Creates a logger of structured lines to stdout, or to another stream. A terminal may show the lines, so they are
 * escaped.
 */
export function createLogger(level: string, stream?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: { service: 'etl-worker' },
    timestamp: pino.stdTimeFunctions.isoTime,
    // pino escapes only C0 control characters.
    hooks: { streamWrite: escapeJson },
  };
  return stream ? pino(options, stream) : pino(options);
}

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const satisfies Record<
  LogLevel,
  string
>;

/** Creates a logger that writes the SDK's own lines to the same log. */
export function temporalLogger(log: Logger, level: string): DefaultLogger {
  return new DefaultLogger(level.toUpperCase() as LogLevel, ({ level: at, message, meta }) => {
    log[levels[at]]({ ...meta }, message);
  });
}
