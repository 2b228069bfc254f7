import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Mode of folders that hold contents of events. */
export const ownerOnly = 0o700;

/** Paths of the local system's data below its state folder. */
export function places(stateDir: string) {
  return {
    ecs: join(stateDir, 'ecs'),
    outbox: join(stateDir, 'outbox'),
    deadLetters: join(stateDir, 'dead-letters'),
    lake: join(stateDir, 'lake'),
    logs: join(stateDir, 'logs'),
    temporalDatabase: join(stateDir, 'temporal.db'),
    samples: join(stateDir, 'samples'),
  };
}

/**
 * Creates the state folder, or adopts an existing one, for its owner alone. That protects everything below it, whatever
 * the umask: logs, messages, dead letters and Temporal's database hold the contents of events.
 */
export function makeStateFolder(stateDir: string): void {
  mkdirSync(stateDir, { recursive: true, mode: ownerOnly });
  const { mode, uid } = statSync(stateDir);
  if (uid === process.getuid?.() && (mode & 0o077) !== 0) chmodSync(stateDir, mode & ownerOnly);
}
