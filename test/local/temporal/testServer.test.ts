import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { getFreePort } from '../../../local/freePort';
import { startTestServer } from '../../../local/temporal/testServer';

const exe = process.env.ETL_TEST_TIME_SKIPPING_SERVER ?? '';
const withServer = exe ? test : test.skip;

withServer('the test server takes workflows until it is stopped', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'etl-test-server-'));
  const port = await getFreePort();
  const server = await startTestServer({ exe, port, logFile: join(folder, 'temporal.log') });
  try {
    const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
    const { workflow } = new Client({ connection });
    const handle = await workflow.start('any', { workflowId: 'any', taskQueue: 'any' });
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await connection.close();
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true });
  }
  expect(await server.exited).toMatch(/^(ended by SIGTERM|exit code \d+)$/);
});
