import type { ECSClient } from '@aws-sdk/client-ecs';
import { CredentialsError, TaskRunnerError, ThrottledError } from '../../activities/ports';
import { mapEcsErrors } from '../../aws/ecsErrors';
import { createEcsTaskRunner } from '../../aws/ecsTaskRunner';

const answered = (name: string, message: string) =>
  mapEcsErrors('RunTask', Promise.reject(Object.assign(new Error(message), { name })));

describe('errors of ECS', () => {
  test.each([
    ['ThrottlingException', 'Rate exceeded'],
    ['InvalidParameterException', 'Rate exceeded'],
    ['ClientException', 'An error occurred: Rate exceeded.'],
    ['TooManyRequestsException', ''],
    [
      'InvalidParameterException',
      'Error retrieving subnet information for [subnet-1]: Rate exceeded (ErrorCode: Throttling)',
    ],
    ['ServerException', 'Request limit exceeded.'],
    ['ClientException', 'Too many concurrent attempts to create a new revision of the specified family.'],
    ['LimitExceededException', 'The limit for the resource was exceeded.'],
  ])('%s (%s) is throttling, whatever the error name', async (name, message) => {
    await expect(answered(name, message)).rejects.toThrow(ThrottledError);
  });

  test.each([
    ['ExpiredTokenException', 'The security token included in the request is expired', 'Renew the credentials'],
    ['UnrecognizedClientException', 'The security token included in the request is invalid.', 'AWS_ACCESS_KEY_ID'],
    ['InvalidSignatureException', 'Signature expired: 1 is now earlier than 2', 'Synchronize the clock'],
    ['RequestTimeTooSkewed', 'The difference is too large', 'Synchronize the clock'],
  ])('%s (%s) is a credentials error with a remedy', async (name, message, remedy) => {
    await expect(answered(name, message)).rejects.toThrow(CredentialsError);
    await expect(answered(name, message)).rejects.toThrow(remedy);
  });

  test.each([
    ['ClientException', 'Cluster rate-exceeded is inactive'],
    ['InvalidParameterException', "The subnet ID 'subnet-limit' does not exist (ErrorCode: InvalidSubnetID.NotFound)"],
    ['ServerException', 'Your account is currently blocked.'],
    ['InvalidParameterException', 'No Fargate configuration exists for given values.'],
    ['ClientException', 'TaskDefinition is inactive'],
    ['AccessDeniedException', 'not authorized to perform: ecs:RunTask'],
    ['ClusterNotFoundException', 'Cluster not found.'],
  ])('%s (%s) is a configuration error', async (name, message) => {
    await expect(answered(name, message)).rejects.toThrow(TaskRunnerError);
    await expect(answered(name, message)).rejects.toThrow(message);
  });

  test('passes any other error on unchanged as retryable', async () => {
    await expect(answered('ServerException', 'internal')).rejects.not.toThrow(TaskRunnerError);
    await expect(answered('TimeoutError', 'socket hang up')).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(await mapEcsErrors('RunTask', Promise.resolve(7))).toBe(7);
  });
});

describe('RunTask without a task', () => {
  const network = { subnets: ['subnet-1'], securityGroups: [], assignPublicIp: false };
  const request = { clientToken: 't', startedBy: 's', environment: {}, tags: {}, spot: false };
  const run = (answer: () => unknown) => {
    const client = { send: async () => answer() } as unknown as ECSClient;
    return createEcsTaskRunner(client, { cluster: 'etl', taskDefinition: 'etl', ...network }).run(request);
  };
  const failures = (...reasons: string[]) => run(() => ({ failures: reasons.map((reason) => ({ reason })) }));
  const error = (name: string, message: string) =>
    run(() => {
      throw Object.assign(new Error(message), { name });
    });
  const quota = "You've reached the limit on the number of vCPUs you can run concurrently";

  test.each([quota, 'RESOURCE:ENI', 'The request could not be fulfilled due to insufficient capacity'])(
    'treats %s as missing capacity, in failures[] and as an error',
    async (reason) => {
      expect(await failures(reason)).toEqual({ refused: reason, cause: 'capacity' });
      for (const name of ['ClientException', 'InvalidParameterException', 'ServerException', 'ThrottlingException']) {
        expect(await error(name, reason)).toEqual({ refused: reason, cause: 'capacity' });
      }
    },
  );

  test('treats throttling in failures[] as throttling', async () => {
    await expect(failures('Rate exceeded')).rejects.toThrow(ThrottledError);
  });

  test.each(['MISSING', 'ATTRIBUTE', 'LOCATION', 'Your account is currently blocked'])(
    'treats %s as a final error',
    async (reason) => {
      await expect(failures(reason)).rejects.toThrow(TaskRunnerError);
    },
  );

  test('treats other reasons as other refusals; of several reasons the most severe decides', async () => {
    expect(await failures('AGENT')).toEqual({ refused: 'AGENT', cause: 'other' });
    expect(await failures()).toMatchObject({ cause: 'other' });
    expect(await failures('AGENT', quota)).toMatchObject({ cause: 'capacity' });
    await expect(failures('RESOURCE:CPU', 'ATTRIBUTE')).rejects.toThrow(TaskRunnerError);
  });
});
