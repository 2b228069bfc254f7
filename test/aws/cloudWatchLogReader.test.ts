import { CloudWatchLogsClient, ResourceNotFoundException } from '@aws-sdk/client-cloudwatch-logs';
import { createCloudWatchLogReader } from '../../aws/cloudWatchLogReader';

const stream = { region: 'eu-west-1', group: '/ecs/etl', stream: 'etl/etl/abc' };
const arn = 'arn:aws:ecs:eu-west-1:1:task/etl/abc';

function readerOf(answer: (token: string | undefined) => unknown, found: typeof stream | undefined = stream) {
  const client = new CloudWatchLogsClient({ region: 'eu-west-1' });
  const send = jest.spyOn(client, 'send').mockImplementation(async (command: { input: object }) => {
    return answer((command.input as { nextToken?: string }).nextToken);
  });
  return {
    reader: createCloudWatchLogReader(
      () => client,
      async () => found,
    ),
    send,
  };
}

test('reads from the head, and ends when the token does not change', async () => {
  const { reader, send } = readerOf((token) =>
    token === 'f/2'
      ? { events: [], nextForwardToken: 'f/2' }
      : { events: [{ message: 'one\ntwo' }], nextForwardToken: 'f/2' },
  );
  expect(await reader.read(arn)).toEqual({ lines: ['one', 'two'], next: 'f/2', isEnd: false });
  expect(await reader.read(arn, 'f/2')).toEqual({ lines: [], next: 'f/2', isEnd: true });
  expect(send.mock.calls[0]?.[0]).toMatchObject({ input: { logStreamName: stream.stream, startFromHead: true } });
});

test('a task that never started has no log stream, which is not an error', async () => {
  const { reader } = readerOf(() => {
    throw new ResourceNotFoundException({ message: 'The specified log stream does not exist.', $metadata: {} });
  });
  expect(await reader.read(arn)).toBeUndefined();
});

test('other errors of the service are errors', async () => {
  const { reader } = readerOf(() => {
    throw new Error('AccessDenied');
  });
  await expect(reader.read(arn)).rejects.toThrow('AccessDenied');
});
