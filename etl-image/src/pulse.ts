import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Touched while the program's event loop turns: what the image's health check looks at. */
export const pulseFile = join(tmpdir(), 'etl-pulse');
export const pulseSeconds = 2;

/** Beats until it is stopped. A pulse that cannot be written ends nothing. */
export function startPulse(): () => Promise<void> {
  const beat = () => void writeFile(pulseFile, '').catch(() => undefined);
  beat();
  const timer = setInterval(beat, pulseSeconds * 1000);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await rm(pulseFile, { force: true });
  };
}
