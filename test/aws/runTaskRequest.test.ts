import { runTaskRequest } from '../../aws/runTaskRequest';

const settings = {
  cluster: 'etl',
  taskDefinition: 'etl-ventas-diarias',
  subnets: ['subnet-1', 'subnet-2'],
  securityGroups: ['sg-1'],
  assignPublicIp: false,
};
const request = {
  clientToken: 't1',
  startedBy: 's1',
  environment: { INPUT_FILE: 's3://raw/x.csv', BATCH_DATE: '2026-02-08' },
  tags: { 'etl:run-id': 'r1' },
  spot: false,
};

describe('runTaskRequest', () => {
  test('builds a Fargate task in the configured network, with the environment on the ETL container', () => {
    expect(runTaskRequest(settings, request)).toEqual({
      cluster: 'etl',
      taskDefinition: 'etl-ventas-diarias',
      count: 1,
      clientToken: 't1',
      startedBy: 's1',
      launchType: 'FARGATE',
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: ['subnet-1', 'subnet-2'],
          securityGroups: ['sg-1'],
          assignPublicIp: 'DISABLED',
        },
      },
      overrides: {
        containerOverrides: [
          {
            name: 'etl-worker',
            environment: [
              { name: 'INPUT_FILE', value: 's3://raw/x.csv' },
              { name: 'BATCH_DATE', value: '2026-02-08' },
            ],
          },
        ],
      },
      tags: [{ key: 'etl:run-id', value: 'r1' }],
      enableECSManagedTags: true,
    });
  });

  test('sets a capacity provider strategy and no launch type for Spot', () => {
    const spot = runTaskRequest(settings, { ...request, spot: true });
    expect(spot.launchType).toBeUndefined();
    expect(spot.capacityProviderStrategy).toEqual([{ capacityProvider: 'FARGATE_SPOT', weight: 1 }]);
  });

  test('sets a declared size and storage as overrides', () => {
    const { overrides } = runTaskRequest(settings, {
      ...request,
      size: { cpu: 4096, memoryMiB: 16_384 },
      ephemeralStorageGiB: 100,
    });
    expect(overrides).toMatchObject({ cpu: '4096', memory: '16384', ephemeralStorage: { sizeInGiB: 100 } });
  });

  test('overrides the limits of the container together with the size', () => {
    const { overrides } = runTaskRequest(settings, request, { cpu: 3840, memory: 15_744 });
    expect(overrides?.containerOverrides?.[0]).toMatchObject({ name: 'etl-worker', cpu: 3840, memory: 15_744 });
  });

  test('rejects overrides that exceed the ECS limit before the call', () => {
    const long = { ...request, environment: { INPUT_FILE: `s3://raw/${'x'.repeat(8200)}` } };
    expect(() => runTaskRequest(settings, long)).toThrow(
      /overrides of this task have 8\d+ characters, more than ECS's limit of 8192/,
    );
  });
});
