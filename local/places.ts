import { join } from 'node:path';

/** Everything the local system keeps, below its state folder. */
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
