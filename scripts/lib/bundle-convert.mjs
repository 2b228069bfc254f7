import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { foldersOfPackage } from './folders-of-package.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const image = join(root, 'etl-image');
const out = join(root, 'dist', 'lambda', 'convert');

/**
 * Bundles the function of the light lane into dist/lambda/convert/index.js, with the files that the image's program loads:
 * its package.json, its kernel and its threads. Adds the native part of Snappy for the platform of the build.
 */
export async function bundleConvert(options) {
  await rm(out, { recursive: true, force: true });
  const bundle = (entry, outfile) =>
    build({
      ...options,
      entryPoints: [entry],
      outfile,
      external: ['snappy'],
      plugins: [withoutPortableEngine, foldersOfPackage(image, join(out, 'image'), dirname(outfile))],
    });
  await bundle(join(root, 'dist', 'step-functions', 'lambdas', 'convert.js'), join(out, 'index.js'));
  const thread = join('dist', 'engine', 'kernel', 'thread.js');
  await bundle(join(image, thread), join(out, 'image', thread));
  for (const file of ['package.json', join('dist', 'kernel.wasm')])
    await copy(join(image, file), join(out, 'image', file));
  await copySnappy();
}

/** The image's Parquet library cannot be bundled, and the function rejects the engine that uses it (step-functions/lambdas/convert.ts). */
const withoutPortableEngine = {
  name: 'without the portable engine',
  setup({ onLoad }) {
    onLoad({ filter: /engine[/\\]portable[/\\]engine\.js$/ }, () => ({
      contents: 'exports.PortableEngine = undefined;',
    }));
  },
};

async function copySnappy() {
  const require = createRequire(join(image, 'package.json'));
  const snappy = dirname(require.resolve('snappy/package.json'));
  const { optionalDependencies } = JSON.parse(await readFile(join(snappy, 'package.json'), 'utf8'));
  const fromSnappy = createRequire(join(snappy, 'package.json'));
  const folders = { snappy };
  for (const name of Object.keys(optionalDependencies)) {
    try {
      folders[name] = dirname(fromSnappy.resolve(`${name}/package.json`));
    } catch {
      // The package is for another platform.
    }
  }
  for (const [name, folder] of Object.entries(folders)) await copy(folder, join(out, 'node_modules', name));
}

async function copy(from, to) {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { recursive: true });
}
