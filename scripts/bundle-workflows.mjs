// Bundles the compiled workflows into dist/workflow-bundle.js, which workers and tests load.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const target = join(dist, 'workflow-bundle.js');

const { code } = await bundleWorkflowCode({
  workflowsPath: join(dist, 'workflows', 'index.js'),
  logger: new DefaultLogger('WARN'),
});
if ((await readFile(target, 'utf8').catch(() => '')) !== code) await writeFile(target, code);
