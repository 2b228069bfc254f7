// Bundles the compiled Lambda functions into dist/lambda/<name>/index.js, handler `index.handler`: what is deployed.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleConvert } from './lib/bundle-convert.mjs';

const dist = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const functions = { 'validate-input': 'validateInput', 'confirm-commit': 'confirmCommit' };

const options = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Loading the code is most of a cold start. Errors are told apart by their names.
  minify: true,
  keepNames: true,
  logLevel: 'warning',
};

await build({
  ...options,
  entryPoints: Object.entries(functions).map(([name, source]) => ({
    in: join(dist, 'lambdas', `${source}.js`),
    out: join(name, 'index'),
  })),
  outdir: join(dist, 'lambda'),
});
await bundleConvert(options);
