import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../support/processes';

test('the workflow bundle contains no schema library, which every worker thread would load', async () => {
  const code = await readFile(join(root, 'dist', 'workflow-bundle.js'), 'utf8');
  expect(code).toContain('node_modules/@temporalio/workflow');
  expect(code).not.toContain('node_modules/zod');
});
