import { languages, type MessageLanguage } from '@etl/pipeline/messages/languages';
import type { Plan } from '@etl/pipeline/plan';
import { noRouting } from '@etl/pipeline/routing/route';
import { confineStore } from '@etl/storage/confinedStore';
import { openStore } from '@etl/storage/openStore';
import type { Validation } from '../../activities/contract';
import { storeSharedLongOptions } from '../../activities/options';
import { validateInput } from '../../activities/validateInput';
import { datasetReader } from '../../config/datasets';
import { parseConfig } from '../../config/environment';
import { named } from './named';
import { notFollowed } from './notFollowed';

/** The state machine reads every part of the batch, so all of them are required. */
interface Batch {
  readonly dataset: string;
  readonly batchDate: string;
  readonly source: string;
}

export type ValidationAnswer =
  | {
      readonly valid: true;
      /** This source is already published with these options: no task is launched. */
      readonly delivered: boolean;
      /** Whether the plan has sinks. */
      readonly hasSinks: boolean;
      readonly plan: Plan;
      readonly batch: Batch;
      /** OPTIONS of the container: the text, or the URI that holds it. */
      readonly options: string;
    }
  | { readonly valid: false; readonly delivered: false; readonly reasons: readonly string[]; readonly batch: Batch };

/**
 * Runs the activity `validateInput` as a Lambda function, with the environment of docs/configuration.md.
 *
 * @throws {Error} named `SourceConflict` or `BadConfiguration`; other errors may be retried.
 */
export const handler = ({ event }: { event: unknown }): Promise<ValidationAnswer> => named(() => validate(event));

async function validate(event: unknown): Promise<ValidationAnswer> {
  const config = parseConfig(process.env);
  const { rawBase, cleanBase, places, ETL_TIME_SCALE: timeScale } = config;
  const store = confineStore(openStore(), places);
  const settings = {
    ...{ rawBase, cleanBase, places, timeScale },
    routing: { ...noRouting, ignoresLanes: true },
    datasets: datasetReader(config),
  };
  const validation = await validateInput(store, settings, event);
  return answer(validation, event, config.ETL_MESSAGE_LANGUAGE, async (plan) => {
    const uri = await storeSharedLongOptions(store, plan);
    return uri ?? JSON.stringify(plan.options);
  });
}

async function answer(
  validation: Validation,
  event: unknown,
  language: MessageLanguage,
  options: (plan: Plan) => Promise<string>,
): Promise<ValidationAnswer> {
  if (!validation.valid) {
    const { reasons, batch } = validation;
    const { unknown } = languages[language];
    return {
      valid: false,
      delivered: false,
      reasons,
      batch: { dataset: unknown, batchDate: unknown, source: unknown, ...batch },
    };
  }
  const { plan, delivered = false } = validation;
  const warnings = [...plan.warnings, ...notFollowed(plan, event)];
  return {
    valid: true,
    delivered,
    hasSinks: Object.keys(plan.sinks ?? {}).length > 0,
    plan: { ...plan, warnings },
    batch: plan.batch,
    options: await options(plan),
  };
}
