// Libraries that a benchmark compares with our own code. They are not dependencies of the project.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

/**
 * Installs packages, each as `name@version`, into a temporary folder without running their scripts. `load` imports one
 * of them. `remove` deletes the folder.
 */
export function installLibraries(packages, say) {
  const folder = mkdtempSync(join(tmpdir(), 'etl-libraries-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  say(`Installing ${packages.join(', ')} …`);
  const flags = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--save-exact'];
  execFileSync('npm', ['install', ...flags, ...packages], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  return { folder, load: loaderOf(folder), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Returns a function that imports a package of a folder, with its CommonJS exports as named ones. */
export function loaderOf(folder) {
  const require = createRequire(join(folder, 'package.json'));
  return async (name) => {
    const path = resolve(require, folder, name);
    const loaded = await import(pathToFileURL(path).href);
    return loaded.default && typeof loaded.default === 'object' ? { ...loaded.default, ...loaded } : loaded;
  };
}

function resolve(require, folder, name) {
  try {
    return require.resolve(name);
  } catch (error) {
    // A package without an entry point for CommonJS.
    const { exports, module, main } = require(join(folder, 'node_modules', name, 'package.json'));
    const entry = [exports?.['.']?.import?.default, exports?.['.']?.import, exports?.['.']?.default, exports?.default]
      .concat(exports?.import, exports, module, main)
      .find((each) => typeof each === 'string');
    if (entry === undefined) throw error;
    return join(folder, 'node_modules', name, entry);
  }
}

/** Returns the size of a bundle that imports a library, minified and compressed with gzip, in kB. */
export async function bundleSize(folder, name) {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    ...{ bundle: true, minify: true, format: 'esm', platform: 'node', logLevel: 'silent', write: false },
    stdin: { contents: `export * as all from ${JSON.stringify(name)}`, resolveDir: folder },
  });
  const { contents } = outputFiles[0];
  return { minified: contents.length / 1000, gzip: gzipSync(contents).length / 1000 };
}

/** Returns the CPU time of a process that imports a library, less that of one that does not, in ms: median of 7. */
export function loadTime(folder, name) {
  const cpu = (code) => {
    const source = `${code}; const { user, system } = process.cpuUsage(); console.log((user + system) / 1000)`;
    return Number(execFileSync(process.execPath, ['--input-type=module', '-e', source], { cwd: folder }).toString());
  };
  const differences = Array.from({ length: 7 }, () => cpu(`await import(${JSON.stringify(name)})`) - cpu(''));
  return differences.sort((a, b) => a - b)[3];
}
