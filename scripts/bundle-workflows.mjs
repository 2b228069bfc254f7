// Bundles the compiled workflows into dist/, from where workers and tests load them: as they are, and for workers that encrypt
// payloads with the messages of failures in a payload.
import { access, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');

async function bundle(name, options = {}) {
  const target = join(dist, name);
  const workflowsPath = join(dist, 'workflows', 'index.js');
  const payloadConverterPath = join(dist, 'workflows', 'payloadConverter.js');
  // The bundler leaves out a converter that it does not find.
  for (const path of [payloadConverterPath, options.failureConverterPath]) if (path) await access(path);
  const fixed = { workflowsPath, payloadConverterPath, logger: new DefaultLogger('WARN') };
  const { code } = await bundleWorkflowCode({ ...fixed, ...options });
  if ((await readFile(target, 'utf8').catch(() => '')) !== code) await writeFile(target, code);
}

await bundle('workflow-bundle.js');
await bundle('workflow-bundle-encoded.js', {
  failureConverterPath: join(dist, 'config', 'payloads', 'failureConverter.js'),
});
