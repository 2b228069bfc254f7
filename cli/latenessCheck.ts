import { openStore } from '@etl/storage/openStore';
import { parseConfig } from '../config/environment';
import type { Check } from './checks';
import { readAnyDeclarations } from './dataset/read';
import { describeLateness, readLateness } from './night/lateness';

const states = { neverRan: 'optional', unknown: 'optional', running: 'ok', stopped: 'missing' } as const;

/** Checks that the check for late batches runs. No check if no dataset declares a schedule. */
export async function latenessChecks(): Promise<Check[]> {
  try {
    const { cleanBase } = parseConfig(process.env);
    const lateness = await readLateness(openStore(), cleanBase, await readAnyDeclarations());
    const described = describeLateness(lateness);
    if (lateness.state === 'notNeeded' || !described) return [];
    return [{ name: 'Lateness', state: states[lateness.state], ...described }];
  } catch {
    // Other checks report an invalid configuration, and other commands an unreadable folder of declarations.
    return [];
  }
}
