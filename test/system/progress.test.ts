import { createReportReader } from '../../client/taskReports';
import { until } from '../support/system';
import { SlowRuns } from './support/slowRun';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withServer('progress of a slow task', () => {
  let runs: SlowRuns;
  beforeAll(async () => {
    runs = await SlowRuns.up(0.05);
  });
  afterAll(() => runs.down());

  test('is in the heartbeat details of the wait, and at most four times in the history', async () => {
    const handle = await runs.start({ chunkRows: 500 });
    const read = createReportReader(handle);
    const seen = new Set<string>();
    await until('two reports', 60, async () => {
      const [report] = await read(await handle.describe());
      if (report?.progress) seen.add(report.progress.updatedAt);
      return seen.size >= 2;
    });
    await handle.result();
    const { events = [] } = await handle.fetchHistory();
    const signals = (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes);
    expect(signals.length).toBeLessThanOrEqual(4);
  }, 90_000);
});
