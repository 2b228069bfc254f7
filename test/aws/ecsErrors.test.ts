import { TaskRunnerError, ThrottledError } from '../../activities/ports';
import { askedWell } from '../../aws/ecsErrors';

const answered = (name: string, message: string) =>
  askedWell('RunTask', Promise.reject(Object.assign(new Error(message), { name })));

describe('what an error of ECS means', () => {
  test.each([
    ['ThrottlingException', 'Rate exceeded'],
    ['InvalidParameterException', 'Rate exceeded'],
    ['ClientException', 'An error occurred: Rate exceeded.'],
    ['TooManyRequestsException', ''],
  ])('%s (%s) is throttling, whatever its disguise', async (name, message) => {
    await expect(answered(name, message)).rejects.toThrow(ThrottledError);
  });

  test.each([
    ['InvalidParameterException', 'No Fargate configuration exists for given values.'],
    ['ClientException', 'TaskDefinition is inactive'],
    ['AccessDeniedException', 'not authorized to perform: ecs:RunTask'],
    ['ClusterNotFoundException', 'Cluster not found.'],
  ])('%s (%s) is something to mend', async (name, message) => {
    await expect(answered(name, message)).rejects.toThrow(TaskRunnerError);
    await expect(answered(name, message)).rejects.toThrow(message);
  });

  test('anything else may go away and stays as it is', async () => {
    await expect(answered('ServerException', 'internal')).rejects.not.toThrow(TaskRunnerError);
    await expect(answered('TimeoutError', 'socket hang up')).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(await askedWell('RunTask', Promise.resolve(7))).toBe(7);
  });
});
