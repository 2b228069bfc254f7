import { maxInlineOptions } from '@etl/pipeline/container';
import { layout, optionsName } from '@etl/pipeline/layout';
import type { Plan } from '@etl/pipeline/plan';
import { joinUri } from '@etl/pipeline/uri';
import type { ObjectStore } from '@etl/storage/objectStore';

/** The URI under which a plan's options lie that are too long to be handed over themselves; undefined for others. */
export async function storeLongOptions(
  store: Pick<ObjectStore, 'write'>,
  plan: Plan,
  runId: string,
  generation: number,
): Promise<string | undefined> {
  const options = JSON.stringify(plan.options);
  if (options.length <= maxInlineOptions) return undefined;
  const uri = joinUri(layout(plan.destination, plan.batch).work(runId, generation), optionsName);
  await store.write(uri, options);
  return uri;
}
