import { escapeJson } from '@etl/lib/text/json';
import { DefaultLogger, type LogLevel } from '@temporalio/worker';
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';

/** Structured lines on stdout, or on another stream. They may be read on a terminal. */
export function createLogger(level: string, stream?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: { service: 'etl-worker' },
    timestamp: pino.stdTimeFunctions.isoTime,
    // pino escapes C0 alone.
    hooks: { streamWrite: escapeJson },
  };
  return stream ? pino(options, stream) : pino(options);
}

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const satisfies Record<
  LogLevel,
  string
>;

/** The SDK's own lines, in the same log. */
export function temporalLogger(log: Logger, level: string): DefaultLogger {
  return new DefaultLogger(level.toUpperCase() as LogLevel, ({ level: at, message, meta }) => {
    log[levels[at]]({ ...meta }, message);
  });
}
