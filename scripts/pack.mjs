// npm run pack: writes etl-orchestrator-<version>.tgz, which works without a clone: npx ./etl-orchestrator-<version>.tgz demo
//   --out DIR   where to write it (default: the current folder)
// The workspaces are inside the package, because none of them is in a registry.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, root } from './lib/ensure-installed.mjs';

const { values } = parseArgs({ options: { out: { type: 'string', default: '.' } } });
ensureInstalled();

const manifestOf = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
const { version, description, license, engines, dependencies, workspaces } = manifestOf('.');
// The command's workspace only declares `bin`, as this package does itself.
const inside = workspaces
  .filter((folder) => folder !== 'cli')
  .map((folder) => ({ folder, manifest: manifestOf(folder) }));
const isForeign = ([name]) => !name.startsWith('@etl/');
const foreign = [dependencies, ...inside.map(({ manifest }) => manifest.dependencies ?? {})].flatMap((each) =>
  Object.entries(each).filter(isForeign),
);

const staging = mkdtempSync(join(tmpdir(), 'etl-pack-'));
/** Leaves out compiled tests, source maps and the marks of builds. */
const isWanted = (path) => !/\.(map|tsbuildinfo|etl-built)$/.test(path) && !path.startsWith(join(root, 'dist', 'test'));
const copy = (from, to = from) => cpSync(join(root, from), join(staging, to), { recursive: true, filter: isWanted });
try {
  for (const path of ['dist', 'samples', 'README.md', 'LICENSE']) copy(path);
  copy(join('cli', 'etl.js'));
  copy(join('local', 'requirements'));
  copy(join('step-functions', 'etl-pipeline.asl.json'));
  for (const { folder, manifest } of inside) {
    const target = join('node_modules', ...manifest.name.split('/'));
    copy(join(folder, 'dist'), join(target, 'dist'));
    copy(join(folder, 'package.json'), join(target, 'package.json'));
  }
  const manifest = {
    ...{ name: 'etl-orchestrator', version, description, license, engines, bin: { etl: 'cli/etl.js' } },
    files: readdirSync(staging).filter((name) => name !== 'node_modules'),
    dependencies: {
      ...Object.fromEntries(foreign.sort()),
      ...Object.fromEntries(inside.map(({ manifest: { name } }) => [name, version])),
    },
    bundleDependencies: inside.map(({ manifest: { name } }) => name),
  };
  writeFileSync(join(staging, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  mkdirSync(values.out, { recursive: true });
  const options = { cwd: staging, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', resolve(values.out)], options).trim();
  process.stdout.write(`${join(values.out, basename(packed))}\n`);
} finally {
  rmSync(staging, { recursive: true, force: true });
}
