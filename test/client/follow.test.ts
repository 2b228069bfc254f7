import { setTimeout as delay } from 'node:timers/promises';
import { defaultDataConverter } from '@temporalio/common';
import { type Follower, follow, problemsOf } from '../../client/follow';

type Raw = Parameters<typeof problemsOf>[0]['raw'];

const now = Date.parse('2026-02-08T02:00:00Z');
const at = (secondsAgo: number) => ({ seconds: now / 1000 - secondsAgo }) as never;
const pending = (name: string, message?: string) => ({
  activityType: { name },
  ...(message !== undefined && { lastFailure: { message } }),
});

describe('reasons why a workflow does not progress', () => {
  const troubles = (raw: object) => problemsOf({ raw: raw as Raw }, now);

  test('are empty while its activities and its worker are running', () => {
    expect(troubles({})).toEqual([]);
    expect(troubles({ pendingActivities: [pending('listFiles')] })).toEqual([]);
    expect(troubles({ pendingWorkflowTask: { scheduledTime: at(9) } })).toEqual([]);
    expect(troubles({ pendingWorkflowTask: { scheduledTime: at(60), startedTime: at(59) } })).toEqual([]);
  });

  test('include an activity that failed and is retried', () => {
    const pendingActivities = [pending('listFiles', 's3://raw: connect ECONNREFUSED'), pending('notify')];
    expect(troubles({ pendingActivities })).toEqual([
      'listFiles failed and is being retried: s3://raw: connect ECONNREFUSED',
    ]);
  });

  test('include a workflow task without a worker', () => {
    expect(troubles({ pendingWorkflowTask: { scheduledTime: at(11) } })).toEqual([
      expect.stringMatching(/^no worker has picked up the workflow: check that a worker polls the task queue etl /),
    ]);
  });
});

describe('following a workflow', () => {
  /** A workflow whose end and responses the test controls. */
  const workflow = () => {
    let end: (result: string) => void = () => undefined;
    const ended = new Promise<string>((resolve) => {
      end = resolve;
    });
    let raw: object = {};
    let isAnswered = true;
    return {
      end,
      fail: (message: string) => {
        raw = { pendingActivities: [pending('listFiles', message)] };
      },
      report: (details: object) => {
        const payloads = [defaultDataConverter.payloadConverter.toPayload(details)];
        raw = { pendingActivities: [{ ...pending('awaitTask'), heartbeatDetails: { payloads } }] };
      },
      silence: () => {
        isAnswered = false;
      },
      handle: {
        result: () => ended,
        client: { options: { loadedDataConverter: defaultDataConverter } },
        describe: async () => ({ raw }),
        query: async () => {
          if (!isAnswered) throw new Error('no poller');
          return { phase: 'plan' };
        },
      } as unknown as Parameters<typeof follow>[0],
    };
  };
  const listener = () => {
    const statuses: object[] = [];
    const reported: object[] = [];
    const troubles: string[] = [];
    const follower: Follower<object> = {
      onStatus: (status, reports) => {
        statuses.push(status);
        reported.push(...reports);
      },
      onProblem: (trouble) => void troubles.push(trouble),
    };
    return { statuses, reported, troubles, follower };
  };

  test.concurrent('reports each trouble once without an answered query, and returns the workflow’s result', async () => {
    const { handle, fail, silence, end } = workflow();
    const { follower, troubles, statuses } = listener();
    silence();
    fail('first');
    const result = follow<string, object>(handle, follower);
    await delay(3800);
    fail('second');
    await delay(3800);
    end('done');
    expect(await result).toBe('done');
    expect(troubles).toEqual(['first', 'second'].map((text) => `listFiles failed and is being retried: ${text}`));
    expect(statuses).toEqual([]);
  });

  test.concurrent('reports each status with the heartbeats of its tasks', async () => {
    const { handle, report, end } = workflow();
    const { follower, reported } = listener();
    report({ generation: 2 });
    const result = follow<string, object>(handle, follower);
    while (reported.length === 0) await delay(50);
    end('done');
    await result;
    expect(reported[0]).toEqual({ generation: 2, ofChild: false, isOpen: true });
  });

  test.concurrent('reports the answers of the workflow, and nothing after its end', async () => {
    const { handle, end } = workflow();
    const { follower, statuses } = listener();
    const result = follow<string, object>(handle, follower);
    await delay(700);
    end('done');
    await result;
    const { length } = statuses;
    expect(length).toBeGreaterThan(0);
    await delay(700);
    expect(statuses).toHaveLength(length);
  });
});
