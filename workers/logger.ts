import { DefaultLogger, type LogLevel } from '@temporalio/worker';
import { type Logger, pino } from 'pino';

/** Structured lines on stdout. */
export function createLogger(level: string): Logger {
  return pino({ level, base: { service: 'etl-worker' }, timestamp: pino.stdTimeFunctions.isoTime });
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
