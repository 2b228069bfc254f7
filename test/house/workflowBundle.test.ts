import { readFile } from 'node:fs/promises';
import { workflowBundle } from '../support/rig';

test('workflows carry no schema library into their sandbox: every worker loads it for each of its threads', async () => {
  const code = await readFile(workflowBundle.codePath, 'utf8');
  expect(code).toContain('node_modules/@temporalio/workflow');
  expect(code).not.toContain('node_modules/zod');
});
