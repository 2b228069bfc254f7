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
  // Sources and compiled files are in different folders.
  etlProgram: () => join(root, 'etl-image', 'dist', 'main.js'),
}));

describe('the light lane of a worker', () => {
  test('runs one local process per processor in the local system', () => {
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

  test('invokes the configured function on AWS, or is absent', () => {
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

  test('can be switched off, with fixed task settings', () => {
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

  test('has a configurable concurrency', () => {
    expect(of({ ETL_LIGHT_CONCURRENCY: '3' }).concurrency).toBe(3);
  });
});
