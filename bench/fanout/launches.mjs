// Runs the container's program as processes, each configured by environment variables like a task.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../../scripts/lib/ensure-installed.mjs';

const program = join(root, 'etl-image', 'dist', 'main.js');
const runId = 'bench';

/** Runs the program. Returns its result and resource usage, `{ manifest?, uri?, cpuSeconds, peakMiB }`. Throws if it fails. */
async function launch(source, lake, variables) {
  const env = {
    INPUT_FILE: `file://${source}`,
    OUTPUT_PREFIX: `file://${lake}`,
    ...{ BATCH_DATE: '2026-02-08', DATASET: 'ventas', SOURCE: 'sales', RUN_STARTED_AT: '2026-02-08T01:00:00Z' },
    ...{ RUN_ID: runId, TIMEOUT_SECONDS: '86400', SCRATCH_DIR: lake, PATH: process.env.PATH },
    ...variables,
  };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (piece) => {
    text += piece;
  });
  const [exitCode] = await once(child, 'close');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const last = lines.at(-1);
  if (exitCode !== 0) throw new Error(`MODE=${variables.MODE} exited with ${exitCode}: ${last?.cause}`);
  const { cpuSeconds, peakMemoryMiB } = lines.findLast(({ event }) => event === 'progress');
  return { manifest: last.manifest, uri: last.index, cpuSeconds, peakMiB: peakMemoryMiB };
}

export const convert = (source, lake) => launch(source, lake, { MODE: 'convert' });

export const index = (source, lake) => launch(source, lake, { MODE: 'index' });

/** Converts all shards, at most `atOnce` at a time. */
export async function shards(source, lake, of, indexUri, atOnce) {
  const waiting = Array.from({ length: of }, (_, at) => at + 1);
  const done = [];
  const worker = async () => {
    for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
      const variables = { MODE: 'shard', SHARD: `${number}/${of}`, SHARD_INDEX: indexUri, RUN_ID: `shard-${number}` };
      done.push(await launch(source, lake, variables));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return done;
}

export const commit = (source, lake, of, indexUri) =>
  launch(source, lake, { MODE: 'commit', GENERATION: '2', SHARDS: String(of), SHARD_INDEX: indexUri });
