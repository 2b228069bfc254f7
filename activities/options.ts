import { joinUri } from '@etl/lib/uri';
import { maxInlineOptions } from '@etl/pipeline/container';
import { layout, optionsName } from '@etl/pipeline/layout';
import type { Plan } from '@etl/pipeline/plan';
import type { ObjectStore } from '@etl/storage/objectStore';

/** Stores the plan's options if they are too long to be passed inline. Returns their URI; undefined if they fit. */
export function storeLongOptions(
  store: Pick<ObjectStore, 'write'>,
  plan: Plan,
  runId: string,
  generation: number,
): Promise<string | undefined> {
  return storeLong(store, plan, joinUri(layout(plan.destination, plan.batch).work(runId, generation), optionsName));
}

/** Stores long options like `storeLongOptions`, under one URI that all launches share. */
export function storeSharedLongOptions(store: Pick<ObjectStore, 'write'>, plan: Plan): Promise<string | undefined> {
  return storeLong(store, plan, layout(plan.destination, plan.batch).options(plan.optionsHash));
}

async function storeLong(store: Pick<ObjectStore, 'write'>, plan: Plan, uri: string): Promise<string | undefined> {
  const options = JSON.stringify(plan.options);
  if (options.length <= maxInlineOptions) return undefined;
  await store.write(uri, options);
  return uri;
}
