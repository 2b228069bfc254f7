import { jsonLine } from '@etl/lib/text/json';
import { terminalLine } from '@etl/lib/text/terminal';
import type { Manifest, Progress } from '@etl/pipeline/manifest';
import { shareable } from '@etl/pipeline/shareable';
import type { Failure } from '../config/failures';
import type { BuiltIndex, ConvertedShard } from './results';

/** An event of the program's log: one JSON object per line on stdout. */
export type LogEvent =
  | ({ readonly event: 'progress' } & Progress)
  | { readonly event: 'note'; readonly text: string }
  | { readonly event: 'finished'; readonly status: 'committed' | 'already' | 'superseded'; readonly manifest: Manifest }
  | ({ readonly event: 'finished' } & (BuiltIndex | ConvertedShard))
  | ({ readonly event: 'failed' } & Failure);

export type Log = (line: LogEvent) => void;

/** Returns an event as a line of JSON, without cell values, because alerts quote logs. */
export function logLine(event: LogEvent, facts: object = {}): string {
  const shared = 'manifest' in event ? { ...event, manifest: shareable(event.manifest) } : event;
  return jsonLine({ ...facts, ...shared });
}

/** Where text goes: a stream of the process, or a test's variable. */
export interface Output {
  write(text: string): unknown;
}

/** Returns a log that writes to stdout; failures also as plain text to stderr, for users who run the program by hand. */
export function logTo(stdout: Output, stderr: Output): Log {
  return (line) => {
    stdout.write(`${logLine(line, { at: new Date().toISOString() })}\n`);
    if (line.event === 'failed') stderr.write(`error: ${terminalLine(line.cause)}\n${terminalLine(line.remedy)}\n`);
  };
}
