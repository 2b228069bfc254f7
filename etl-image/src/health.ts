import { statSync } from 'node:fs';
import { pulseFile, pulseSeconds } from './pulse';

/** The image's health check: exit code 0 while the program's pulse is fresh, 1 when it is missing or old. */
try {
  const age = (Date.now() - statSync(pulseFile).mtimeMs) / 1000;
  process.exitCode = age < 15 * pulseSeconds ? 0 : 1;
} catch {
  process.exitCode = 1;
}
