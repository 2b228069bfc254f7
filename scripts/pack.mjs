// npm run pack: writes etl-orchestrator-<version>.tgz, which works without a clone: npx ./etl-orchestrator-<version>.tgz demo
//   --out DIR   where to write it (default: the current folder)
// The workspaces are inside the package, because none of them is in a registry.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, root } from './lib/ensure-installed.mjs';
import { lockSubset } from './lib/lock-subset.mjs';
import { declarationFiles } from './lib/public-types.mjs';

const { values } = parseArgs({ options: { out: { type: 'string', default: '.' } } });
ensureInstalled();

const manifestOf = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
const { version, description, license, engines, dependencies, workspaces, exports } = manifestOf('.');
// The command's workspace only declares `bin`, as this package does itself.
const inside = workspaces
  .filter((folder) => folder !== 'cli')
  .map((folder) => ({ folder, manifest: manifestOf(folder) }));
const isForeign = ([name]) => !name.startsWith('@etl/');
const foreign = [dependencies, ...inside.map(({ manifest }) => manifest.dependencies ?? {})].flatMap((each) =>
  Object.entries(each).filter(isForeign),
);

/** Packages of this repository that the image of the tasks contains, and the dependencies of these packages. */
const ofImage = ['@etl/lib', '@etl/ecs', '@etl/pipeline', '@etl/storage', '@etl/image'];
const imageDependencies = Object.fromEntries(
  inside
    .filter(({ manifest }) => ofImage.includes(manifest.name))
    .flatMap(({ manifest }) => Object.entries(manifest.dependencies ?? {}).filter(isForeign))
    .sort(),
);

/** Returns the Dockerfile of the tasks' image for the package: it copies compiled code instead of building it. */
function packedDockerfile() {
  const text = readFileSync(join(root, 'etl-image', 'Dockerfile'), 'utf8');
  const [argument] = /^ARG NODE_IMAGE=.*$/m.exec(text);
  const last = text.slice(text.lastIndexOf('\nFROM ') + 1);
  const names = Object.fromEntries(inside.map(({ folder, manifest }) => [folder, manifest.name]));
  const copies = last.replace(/^COPY --from=build \/app\/([\w-]+)\/(\S+) \S+$/gm, (_, folder, path) => {
    const from = `node_modules/${names[folder]}`;
    return `COPY ${from}/${path} ${folder === 'etl-image' ? folder : from}/${path}`;
  });
  const install = ['WORKDIR /app', 'COPY etl-image/package.json etl-image/package-lock.json ./'];
  return [
    '# The image of the tasks. Build it in the folder of your project: npx etl image',
    argument,
    `FROM \${NODE_IMAGE} AS modules`,
    ...install,
    'RUN npm ci --omit dev --ignore-scripts',
    '',
    copies,
  ].join('\n');
}

/** Returns where the package is built, which its provenance must match; nothing outside GitHub Actions. */
function repository({ GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env) {
  return name ? { repository: { type: 'git', url: `git+${server}/${name}.git` } } : {};
}

const writeJson = (file, value) => writeFileSync(join(staging, file), `${JSON.stringify(value, null, 2)}\n`);

const staging = mkdtempSync(join(tmpdir(), 'etl-pack-'));
const types = new Set(declarationFiles().map((file) => join(root, file)));
/** Leaves out compiled tests, source maps, types that are not public, and the marks of builds. */
const isWanted = (path) =>
  !/\.(map|tsbuildinfo|etl-built)$|[\\/]node_modules$/.test(path) &&
  !path.startsWith(join(root, 'dist', 'test')) &&
  (!path.endsWith('.d.ts') || types.has(path));
const copy = (from, to = from) => cpSync(join(root, from), join(staging, to), { recursive: true, filter: isWanted });
try {
  for (const path of ['dist', 'docs', 'samples', 'CHANGELOG.md', 'README.md', 'LICENSE']) copy(path);
  copy(join('cli', 'etl.js'));
  copy(join('local', 'requirements'));
  copy(join('step-functions', 'etl-pipeline.asl.json'));
  for (const { folder, manifest } of inside) {
    const target = join('node_modules', ...manifest.name.split('/'));
    copy(join(folder, 'dist'), join(target, 'dist'));
    copy(join(folder, 'package.json'), join(target, 'package.json'));
  }
  mkdirSync(join(staging, 'etl-image'));
  writeFileSync(join(staging, 'etl-image', 'Dockerfile'), packedDockerfile());
  const image = { name: 'etl-worker', version, dependencies: imageDependencies };
  writeJson(join('etl-image', 'package.json'), { ...image, private: true });
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  writeJson(join('etl-image', 'package-lock.json'), lockSubset(lock, image));
  const manifest = {
    ...{ name: 'etl-orchestrator', version, description, license, engines, bin: { etl: 'cli/etl.js' }, exports },
    ...repository(),
    files: readdirSync(staging).filter((name) => name !== 'node_modules'),
    dependencies: {
      ...Object.fromEntries(foreign.sort()),
      ...Object.fromEntries(inside.map(({ manifest: { name } }) => [name, version])),
    },
    bundleDependencies: inside.map(({ manifest: { name } }) => name),
  };
  writeJson('package.json', manifest);
  mkdirSync(values.out, { recursive: true });
  const options = { cwd: staging, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', resolve(values.out)], options).trim();
  process.stdout.write(`${join(values.out, basename(packed))}\n`);
} finally {
  rmSync(staging, { recursive: true, force: true });
}
