import { tmpdir } from 'node:os';
import { lastTouched } from '@etl/storage/scratchFolder';
import { pulseSeconds } from './report/pulse';

/** The image's health check: exit code 0 while the program's pulse is fresh, 1 when it is missing or old. */
async function main(): Promise<void> {
  const touched = await lastTouched(process.env.SCRATCH_DIR || tmpdir());
  const isFresh = touched !== undefined && Date.now() - touched < 15 * pulseSeconds * 1000;
  process.exitCode = isFresh ? 0 : 1;
}

void main();
