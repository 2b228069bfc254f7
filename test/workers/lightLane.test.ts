import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../config/environment';
import { createLightConverter, lightConcurrency, routingOf } from '../../workers/lightLane';
import { root } from '../support/processes';

const inAws = { ECS_CLUSTER: 'etl', ECS_TASK_DEFINITION: 'etl', ECS_SUBNETS: 'subnet-1' };
const of = (env: Record<string, string>) => {
  const config = parseConfig(env);
  return { routing: routingOf(config), concurrency: lightConcurrency(config), converter: createLightConverter(config) };
};

jest.mock('../../local/processConverter', () => ({
  ...jest.requireActual('../../local/processConverter'),
  // Sources lie elsewhere than what is built of them.
  etlProgram: () => join(root, 'etl-image', 'dist', 'main.js'),
}));

describe('the light lane of a worker', () => {
  test('in the local system: processes, as many as processors', () => {
    expect(existsSync(join(root, 'etl-image', 'dist', 'main.js'))).toBe(true);
    const { routing, concurrency, converter } = of({});
    expect(routing).toEqual({
      lightLane: { kind: 'process', limitBytes: 100e6 },
      taskSize: 'policy',
      spot: true,
      launchesPerSecond: 5,
    });
    expect(concurrency).toBe(availableParallelism());
    expect(converter).toBeDefined();
  });

  test('in AWS: the function that is named, or none', () => {
    const { routing, concurrency, converter } = of({
      ...inAws,
      LIGHT_FUNCTION: 'etl-convert',
      ETL_LIGHT_LIMIT_MB: '20',
    });
    expect(routing.lightLane).toEqual({ kind: 'lambda', limitBytes: 20e6 });
    expect(concurrency).toBe(100);
    expect(converter).toBeDefined();
    expect(of(inAws)).toMatchObject({ concurrency: 0, converter: undefined });
    expect(of(inAws).routing).toEqual({ taskSize: 'policy', spot: true, launchesPerSecond: 5 });
  });

  test('switched off, and what tasks are then', () => {
    const off = of({
      ETL_LIGHT_LANE: 'off',
      LIGHT_FUNCTION: 'f',
      ETL_TASK_SIZE: 'definition',
      ETL_SPOT: 'false',
      ECS_LAUNCHES_PER_SECOND: '2',
    });
    const routing = { taskSize: 'definition', spot: false, launchesPerSecond: 2 };
    expect(off).toEqual({ routing, concurrency: 0, converter: undefined });
  });

  test('how many at once may be said', () => {
    expect(of({ ETL_LIGHT_CONCURRENCY: '3' }).concurrency).toBe(3);
  });
});
