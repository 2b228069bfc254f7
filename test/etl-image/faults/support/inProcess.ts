import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { performDelivery } from '@etl/image/perform';
import type { Delivery } from '@etl/image/publish/deliver';
import type { Options } from '@etl/pipeline/options';
import type { ObjectStore } from '@etl/storage/objectStore';
import { openStore } from '@etl/storage/openStore';
import { parseEnvironment } from '../../../../etl-image/src/config/environment';
import { resourcesFor } from '../../../../etl-image/src/config/resources';
import type { Bench } from '../../../support/container';

/** Runs the program in this process, for many fast launches. Throws its errors. */
export async function deliverHere(
  bench: Bench,
  path: string,
  changes: Record<string, string>,
  options: Options = {},
  store: ObjectStore = openStore(),
): Promise<Delivery & { readonly log: readonly { readonly event: string; readonly text?: string }[] }> {
  const log: { event: string; text?: string }[] = [];
  const delivery = await performDelivery({
    env: parseEnvironment(bench.environment(path, changes, options)),
    store,
    scratch: await mkdtemp(join(bench.folder, 'scratch-')),
    resources: resourcesFor(4096, 1),
    log: (entry) => void log.push(entry),
    signal: new AbortController().signal,
  });
  return { ...delivery, log };
}
