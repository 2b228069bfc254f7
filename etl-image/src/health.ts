import { tmpdir } from 'node:os';
import { lastTouched } from '@etl/storage/scratchFolder';
import { heartbeatSeconds } from './report/heartbeat';

/** The image's health check: exit code 0 while the program's heartbeat is recent, 1 if it is missing or old. */
async function main(): Promise<void> {
  const touched = await lastTouched(process.env.SCRATCH_DIR || tmpdir());
  const isFresh = touched !== undefined && Date.now() - touched < 15 * heartbeatSeconds * 1000;
  process.exitCode = isFresh ? 0 : 1;
}

void main();
