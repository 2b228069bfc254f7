import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

/**
 * Creates an esbuild plugin that redirects `__dirname`. A bundle has only one: compiled files of the package load their files
 * from the folder `standIn` instead of the package's folder. `outFolder` is the folder of the bundle.
 */
export const foldersOfPackage = (packageFolder, standIn, outFolder) => ({
  name: 'folders of a package',
  setup({ onLoad }) {
    const dist = join(packageFolder, 'dist') + sep;
    onLoad({ filter: /[/\\]dist[/\\].*\.js$/ }, async ({ path }) => {
      if (!path.startsWith(dist)) return undefined;
      const folder = join(standIn, relative(packageFolder, dirname(path)));
      const there = `require("node:path").join(__dirname, ${JSON.stringify(relative(outFolder, folder))})`;
      const contents = await readFile(path, 'utf8');
      return { contents: contents.replaceAll('__dirname', there), loader: 'js' };
    });
  },
});
