// Bundles the compiled workflows into dist/ for workers and tests. Workers that encrypt payloads load the second bundle,
// which moves the messages of failures into a payload.
import { access, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');

async function bundle(name, options = {}) {
  const target = join(dist, name);
  const workflowsPath = join(dist, 'workflows', 'index.js');
  const payloadConverterPath = join(dist, 'workflows', 'payloadConverter.js');
  // The bundler silently omits a converter that does not exist.
  for (const path of [payloadConverterPath, options.failureConverterPath]) if (path) await access(path);
  const fixed = { workflowsPath, payloadConverterPath, logger: new DefaultLogger('WARN') };
  const { code } = await bundleWorkflowCode({ ...fixed, ...options });
  if ((await readFile(target, 'utf8').catch(() => '')) !== code) await writeFile(target, code);
}

await bundle('workflow-bundle.js');
await bundle('workflow-bundle-encoded.js', {
  failureConverterPath: join(dist, 'config', 'payloads', 'failureConverter.js'),
});
