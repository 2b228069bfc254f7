import { availableParallelism } from 'node:os';
import { variablesOf } from '@etl/pipeline/allowedPlacesFrom';
import { lightMemoryMiB } from '@etl/pipeline/routing/policy';
import type { LightLane, RoutingSettings } from '@etl/pipeline/routing/route';
import type { LightConverter } from '../activities/ports';
import type { Config } from '../config/environment';
import { priceTable } from '../config/prices';
import { createProcessConverter, etlProgram } from '../local/processConverter';
import { awsServices } from './aws';

/** Default maximum of concurrent function invocations of one worker. */
export const defaultLightConcurrency = 100;

type Chosen = Pick<
  Config,
  | 'LIGHT_FUNCTION'
  | 'ETL_LIGHT_LANE'
  | 'ETL_LIGHT_LIMIT_MB'
  | 'ETL_LIGHT_CONCURRENCY'
  | 'ECS_CLUSTER'
  | 'ETL_TASK_SIZE'
  | 'ETL_SPOT'
  | 'ECS_LAUNCHES_PER_SECOND'
  | 'places'
  | 'ETL_PRICES'
>;

/** Returns the routing settings of a configuration. */
export function routingOf(config: Chosen): RoutingSettings {
  const kind = kindOf(config);
  const lightLane: LightLane | undefined = kind && { kind, limitBytes: config.ETL_LIGHT_LIMIT_MB * 1e6 };
  return {
    ...(lightLane && { lightLane }),
    taskSize: config.ETL_TASK_SIZE,
    spot: config.ETL_SPOT === 'true',
    launchesPerSecond: config.ECS_LAUNCHES_PER_SECOND,
    ...pricesOf(config),
  };
}

/** Returns the prices that plans carry; none without a price file, so that plans stay small. */
function pricesOf(config: Chosen): Pick<RoutingSettings, 'prices'> {
  if (config.ETL_PRICES === undefined) return {};
  const { fargate, lambda } = priceTable(config);
  return { prices: { fargate, lambda } };
}

/** Creates the converter of the light lane; returns undefined without a light lane. */
export function createLightConverter(config: Chosen): LightConverter | undefined {
  const { LIGHT_FUNCTION: name } = config;
  const kind = kindOf(config);
  if (kind === 'lambda' && name !== undefined) return awsServices().lightConverter(name, lightConcurrency(config));
  const program = etlProgram();
  return kind === 'process' && program !== undefined
    ? createProcessConverter({ program, memoryMiB: lightMemoryMiB, environment: variablesOf(config.places) })
    : undefined;
}

/** Returns the maximum of concurrent conversions on this worker; 0 without a light lane. */
export function lightConcurrency(config: Chosen): number {
  const kind = kindOf(config);
  if (kind === undefined) return 0;
  return config.ETL_LIGHT_CONCURRENCY ?? (kind === 'lambda' ? defaultLightConcurrency : availableParallelism());
}

function kindOf({ LIGHT_FUNCTION, ETL_LIGHT_LANE, ECS_CLUSTER }: Chosen): LightLane['kind'] | undefined {
  if (ETL_LIGHT_LANE === 'off') return undefined;
  if (LIGHT_FUNCTION !== undefined) return 'lambda';
  // A worker in AWS is small, and its image does not contain the converter.
  return ECS_CLUSTER === undefined && etlProgram() !== undefined ? 'process' : undefined;
}
