// Bundles the compiled Lambda functions for deployment, each into dist/lambda/<name> with the handler `index.handler`.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleConvert } from './lib/bundle-convert.mjs';
import { foldersOfPackage } from './lib/folders-of-package.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');

const options = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Loading the code takes most of a cold start. Code distinguishes errors by their names.
  minify: true,
  keepNames: true,
  logLevel: 'warning',
};

/** Bundles a function into `index.js`, and its threads of the storage package, such as that for inspection, beside it. */
async function bundle(name, source, threads = []) {
  const out = join(dist, 'lambda', name);
  const storage = join(root, 'storage');
  const plugins = [foldersOfPackage(storage, join(out, 'storage'), out)];
  const [entry, outfile] = [join(dist, 'step-functions', 'lambdas', `${source}.js`), join(out, 'index.js')];
  await build({ ...options, entryPoints: [entry], outfile, plugins });
  for (const thread of threads)
    await build({ ...options, entryPoints: [join(storage, thread)], outfile: join(out, 'storage', thread) });
}

await bundle('validate-input', 'validateInput', [join('dist', 'inspection', 'thread.js')]);
await bundle('confirm-commit', 'confirmCommit');
await bundle('apply-sinks', 'applySinks');
await bundleConvert(options);
