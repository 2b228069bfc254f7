import { readFile } from 'node:fs/promises';
import { workflowBundle } from '../support/rig';

test('the workflow bundle contains no schema library, which every worker thread would load', async () => {
  const code = await readFile(workflowBundle.codePath, 'utf8');
  expect(code).toContain('node_modules/@temporalio/workflow');
  expect(code).not.toContain('node_modules/zod');
});
