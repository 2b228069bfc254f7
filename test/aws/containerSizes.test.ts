import { containerSizes } from '../../aws/containerSizes';

const size = { cpu: 4096, memoryMiB: 16_384 };

describe('the limits of the ETL container in a task of another size', () => {
  test('grow with the task, minus the share of the sidecars', () => {
    const definition = {
      containerDefinitions: [
        { name: 'etl-worker', cpu: 1792, memory: 7680 },
        { name: 'datadog-agent', cpu: 256, memory: 512 },
        { name: 'log-router', memoryReservation: 128 },
      ],
    };
    expect(containerSizes(definition, size)).toEqual({ cpu: 3840, memory: 15_744 });
  });

  test('stay unset when the task definition sets none', () => {
    expect(containerSizes({ containerDefinitions: [{ name: 'etl-worker' }] }, size)).toEqual({});
    expect(containerSizes(undefined, size)).toEqual({});
  });

  test('are refused when the sidecars fill the task', () => {
    const definition = {
      containerDefinitions: [{ name: 'etl-worker' }, { name: 'datadog-agent', cpu: 256, memory: 512 }],
    };
    expect(() => containerSizes(definition, { cpu: 256, memoryMiB: 512 })).toThrow(
      /leaves no resources for etl-worker beside datadog-agent/,
    );
  });
});
