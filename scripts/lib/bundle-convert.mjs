import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const image = join(root, 'etl-image');
const out = join(root, 'dist', 'lambda', 'convert');

/**
 * The function of the light lane: dist/lambda/convert/index.js, with what the image's program looks for beside it: its package.json,
 * its kernel, the program of its threads; and the native part of Snappy, for the platform that it is built on.
 */
export async function bundleConvert(options) {
  await rm(out, { recursive: true, force: true });
  const bundle = (entry, outfile) =>
    build({
      ...options,
      entryPoints: [entry],
      outfile,
      external: ['snappy'],
      plugins: [foldersOfImage(dirname(outfile))],
    });
  await bundle(join(root, 'dist', 'lambdas', 'convert.js'), join(out, 'index.js'));
  const thread = join('dist', 'engine', 'kernel', 'thread.js');
  await bundle(join(image, thread), join(out, 'image', thread));
  for (const file of ['package.json', join('dist', 'kernel.wasm')])
    await copy(join(image, file), join(out, 'image', file));
  await copySnappy();
}

/** A bundle has one `__dirname`: the image's files are to look for theirs in the folder that stands for the image. */
const foldersOfImage = (outFolder) => ({
  name: 'folders of the image',
  setup({ onLoad }) {
    // Its Parquet library is no code for a bundle; the function refuses this engine (lambdas/convert.ts).
    onLoad({ filter: /engine[/\\]portable[/\\]engine\.js$/ }, () => ({
      contents: 'exports.PortableEngine = undefined;',
    }));
    onLoad({ filter: /etl-image[/\\]dist[/\\].*\.js$/ }, async ({ path }) => {
      const folder = join(out, 'image', relative(image, dirname(path)));
      const there = `require("node:path").join(__dirname, ${JSON.stringify(relative(outFolder, folder))})`;
      const contents = await readFile(path, 'utf8');
      return { contents: contents.replaceAll('__dirname', there), loader: 'js' };
    });
  },
});

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
      // Another platform's.
    }
  }
  for (const [name, folder] of Object.entries(folders)) await copy(folder, join(out, 'node_modules', name));
}

async function copy(from, to) {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { recursive: true });
}
