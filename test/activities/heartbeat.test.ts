import { MockActivityEnvironment } from '@temporalio/testing';
import { type Note, withHeartbeat } from '../../activities/heartbeat';

jest.useFakeTimers();

describe('heartbeats', () => {
  const run = async (work: (note: Note) => Promise<void>, current?: () => object) => {
    const env = new MockActivityEnvironment({ heartbeatTimeoutMs: 30_000 });
    const sent: unknown[] = [];
    env.on('heartbeat', (details: unknown) => sent.push(details));
    await env.run(() => withHeartbeat(work, current));
    return sent;
  };
  const seconds = (count: number) => jest.advanceTimersByTimeAsync(count * 1000);

  test('repeat the newest details every two thirds of the timeout, and end with the work', async () => {
    const sent = await run(async (note) => {
      await seconds(20);
      note({ status: 'PENDING' });
      note({ status: 'RUNNING' });
      await seconds(20);
    });
    expect(sent).toEqual([undefined, { status: 'RUNNING' }]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('carry the details current at the time of each heartbeat', async () => {
    let waitedSeconds = 0;
    const sent = await run(
      async (note) => {
        await seconds(20);
        note({ status: 'PENDING' });
        waitedSeconds = 40;
        await seconds(20);
      },
      () => ({ waitedSeconds }),
    );
    expect(sent).toEqual([{ waitedSeconds: 0 }, { status: 'PENDING', waitedSeconds: 40 }]);
  });

  test('are sent at once on request, which also resets the interval', async () => {
    const sent = await run(async (note) => {
      await seconds(15);
      note({ rows: 1 }, true);
      await seconds(19);
      note({ rows: 2 });
      await seconds(1);
    });
    expect(sent).toEqual([{ rows: 1 }, { rows: 2 }]);
  });
});
