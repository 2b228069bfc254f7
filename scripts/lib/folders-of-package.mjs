import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

/**
 * An esbuild plugin. A bundle has one `__dirname`: the compiled files of a package look for theirs in the folder `standIn`, as they
 * would in the package's folder. `outFolder` is the folder of the bundle.
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
