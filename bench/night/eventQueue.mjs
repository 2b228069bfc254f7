// A queue of ECS state-change events in SQS's JSON protocol, for one reader. It answers a long poll as soon as an event arrives.
import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

/** Starts the queue. `send` adds an event; `env` configures a worker to use the queue. Messages are never redelivered. */
export async function startEventQueue() {
  const waiting = [];
  let polls = [];

  const deliver = () => {
    if (waiting.length === 0 || polls.length === 0) return;
    const [poll, ...others] = polls;
    polls = others;
    poll(waiting.splice(0, 10));
  };
  const receive = ({ WaitTimeSeconds = 0 }) =>
    new Promise((resolve) => {
      const timer = setTimeout(() => answer([]), WaitTimeSeconds * 1000);
      const answer = (messages) => {
        clearTimeout(timer);
        polls = polls.filter((each) => each !== answer);
        resolve({ Messages: messages });
      };
      polls.push(answer);
      deliver();
    });
  const operations = {
    ReceiveMessage: receive,
    DeleteMessageBatch: ({ Entries }) => ({ Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] }),
  };

  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const operation = String(request.headers['x-amz-target']).split('.').at(-1);
    const answer = await operations[operation](JSON.parse(Buffer.concat(chunks).toString('utf8')));
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify(answer));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${server.address().port}`;
  return {
    env: {
      ECS_EVENTS_QUEUE_URL: `${endpoint}/000000000000/ecs-events`,
      AWS_ENDPOINT_URL_SQS: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
    },
    send(event) {
      const Body = JSON.stringify(event);
      const MD5OfBody = createHash('md5').update(Body).digest('hex');
      waiting.push({ MessageId: randomUUID(), ReceiptHandle: randomUUID(), Body, MD5OfBody });
      deliver();
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Returns the event of a stopped task. @see Amazon ECS Developer Guide, task state change events */
export const stoppedEvent = (taskArn, containerOverrides) => ({
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  detail: { taskArn, lastStatus: 'STOPPED', desiredStatus: 'STOPPED', overrides: { containerOverrides } },
});
