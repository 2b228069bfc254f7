// Bundles the compiled workflows into dist/ for workers and tests. Workers that encrypt payloads load the second bundle,
// which moves the messages of failures into a payload.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { bundleWorkflows } = createRequire(import.meta.url)('../dist/workers/bundle.js');
const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');

async function bundle(name, options) {
  const target = join(dist, name);
  const { code } = await bundleWorkflows(join(dist, 'workflows', 'index.js'), options);
  if ((await readFile(target, 'utf8').catch(() => '')) !== code) await writeFile(target, code);
}

await bundle('workflow-bundle.js');
await bundle('workflow-bundle-encoded.js', { isEncrypting: true });
