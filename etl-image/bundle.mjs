// Bundles the program, and that of its threads, over what tsc has made of them: loading two hundred files takes as long as
// converting a small one. Either form does the same; what tsc makes is left where other programs import it.
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
    // Native, or loaded only when it is needed.
    external: ['snappy', '@aws-sdk/*', 'parquetjs-lite'],
    entryPoints: [join(image, 'src', `${program}.ts`)],
    outfile,
    plugins: [fromSources(dirname(outfile))],
  });
}

/** All from its sources, which name what they use: what nobody uses is left out. */
function fromSources(outFolder) {
  return {
    name: 'from sources',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^@etl\/(lib|ecs|pipeline|storage)\// }, ({ path }) => {
        const [, folder, ...file] = path.split('/');
        return { path: `${join(image, '..', folder, 'src', ...file)}.ts` };
      });
      // A bundle has one `__dirname`: each file is to look for what it needs from where tsc puts it.
      onLoad({ filter: /etl-image[/\\]src[/\\].*\.ts$/ }, async ({ path }) => {
        const folder = join(image, 'dist', relative(join(image, 'src'), dirname(path)));
        const there = `require("node:path").join(__dirname, ${JSON.stringify(relative(outFolder, folder))})`;
        return { contents: (await readFile(path, 'utf8')).replaceAll('__dirname', there), loader: 'ts' };
      });
    },
  };
}
