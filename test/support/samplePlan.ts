import { budgets } from '@etl/pipeline/definition';
import { optionsHash } from '@etl/pipeline/options';
import type { Plan } from '@etl/pipeline/plan';

/** Returns a plan as validation returns it for a small file. */
export function samplePlan(changes: Partial<Plan> = {}): Plan {
  return {
    batch: { dataset: 'ventas', batchDate: '2026-02-08', source: 'ventas_2026_02' },
    source: { uri: 'file:///data/ventas/ventas_2026_02.csv', bytes: 1000, fingerprint: 'f1' },
    destination: 'file:///lake',
    options: {},
    optionsHash: optionsHash({}, 500_000),
    chunkRows: 500_000,
    compute: { spot: false },
    timings: { timeoutSeconds: 3600, launchQueueSeconds: 21_600, startTimeoutSeconds: 900, heartbeatSeconds: 30 },
    budgets,
    warnings: [],
    ...changes,
  };
}

export const sampleEvent = { detail: { s3Key: 'file:///data/ventas/ventas_2026_02.csv', batchDate: '2026-02-08' } };
