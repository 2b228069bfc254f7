// Bundles the program and its threads' program, replacing the output of tsc: loading two hundred modules takes as long
// as converting a small file. Both forms behave the same. The other output of tsc stays for programs that import it.
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const image = dirname(fileURLToPath(import.meta.url));
const programs = ['main', join('engine', 'kernel', 'thread')];

for (const program of programs) {
  const outfile = join(image, 'dist', `${program}.js`);
  await build({
    ...{ bundle: true, platform: 'node', target: 'node20', format: 'cjs', keepNames: true, logLevel: 'warning' },
    // Native or loaded on demand.
    external: ['snappy', '@aws-sdk/*', 'parquetjs-lite', 're2js'],
    entryPoints: [join(image, 'src', `${program}.ts`)],
    outfile,
    plugins: [fromSources(dirname(outfile))],
  });
}

/** Resolves our packages to their sources, whose ES imports allow tree shaking. */
function fromSources(outFolder) {
  return {
    name: 'from sources',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^@etl\/(lib|ecs|pipeline|storage)\// }, ({ path }) => {
        const [, folder, ...file] = path.split('/');
        return { path: `${join(image, '..', folder, 'src', ...file)}.ts` };
      });
      // A bundle has one `__dirname`: replaces it with the folder of each file in the output of tsc.
      onLoad({ filter: /etl-image[/\\]src[/\\].*\.ts$/ }, async ({ path }) => {
        const folder = join(image, 'dist', relative(join(image, 'src'), dirname(path)));
        const there = `require("node:path").join(__dirname, ${JSON.stringify(relative(outFolder, folder))})`;
        return { contents: (await readFile(path, 'utf8')).replaceAll('__dirname', there), loader: 'ts' };
      });
    },
  };
}
