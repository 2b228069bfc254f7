import { join } from 'node:path';
import type { ReapReport } from '../../workflows/reapTasks';
import { clockErrors } from '../support/clocks';
import { root } from '../support/processes';
import { thorough } from '../support/thorough';
import { endsOf, SlowRuns } from './support/slowRun';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;
const wrong = clockErrors.filter((error) => error !== 0);
const some = thorough ? wrong : [86_400_000];

withServer.each(some)('a worker whose clock is %i ms off', (error) => {
  let runs: SlowRuns;
  beforeAll(async () => {
    runs = await SlowRuns.up(0.05, {
      NODE_OPTIONS: `--require ${join(root, 'test', 'support', 'skewedClock.js')}`,
      CLOCK_ERROR_MS: String(error),
    });
    await runs.faults({ starting: [{ fault: 'slowStart', seconds: 3 }] });
  });
  afterAll(() => runs.down());

  test.concurrent('launches a task once, even if it starts slowly', async () => {
    const handle = await runs.start({ workflowId: 'starting', quick: true });
    expect(await handle.result()).toMatchObject({ delivered: { byThisRun: true }, launches: [{ generation: 1 }] });
    expect(endsOf(runs.tasksOf(handle))).toEqual([['EssentialContainerExited', 0]]);
  });

  test.concurrent('does not treat a task as an orphan when its workflow has just closed', async () => {
    const handle = await runs.start();
    await runs.task(handle);
    await handle.terminate('test');
    const report: ReapReport = await runs.client.workflow.execute('reapTasks', {
      workflowId: 'reap',
      taskQueue: 'etl',
      args: [{ stop: true }],
    });
    expect(report).toMatchObject({ orphans: [], stopped: [] });
    const again = await runs.start({ workflowId: handle.workflowId });
    expect(await again.result()).toMatchObject({ delivered: { byThisRun: true } });
  });
});
