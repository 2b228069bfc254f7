import type { Manifest, Progress } from '@etl/pipeline/manifest';
import { jsonLine } from '@etl/pipeline/text/json';
import { terminalLine } from '@etl/pipeline/text/terminal';
import type { Failure } from './config/failures';
import type { Indexed } from './shards/buildIndex';
import type { Sharded } from './shards/convertShard';

/** What the program says, a JSON object a line on stdout. */
export type LogEvent =
  | ({ readonly event: 'progress' } & Progress)
  | { readonly event: 'note'; readonly text: string }
  | { readonly event: 'finished'; readonly status: 'committed' | 'already' | 'superseded'; readonly manifest: Manifest }
  | ({ readonly event: 'finished' } & (Indexed | Sharded))
  | ({ readonly event: 'failed' } & Failure);

export type Log = (line: LogEvent) => void;

/** Lines on stdout; errors also in words on stderr, for who runs the program by hand. */
export const log: Log = (line) => {
  process.stdout.write(`${jsonLine({ at: new Date().toISOString(), ...line })}\n`);
  if (line.event === 'failed')
    process.stderr.write(`error: ${terminalLine(line.cause)}\n${terminalLine(line.remedy)}\n`);
};
