// Sizes of what is installed, packed and deployed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const images = { 'etl-worker': 'etl-image/Dockerfile', 'etl-orchestrator': 'workers/Dockerfile' };

/** Returns a Markdown table for a clone in which the demo ran. Without Docker, it has no images. `folder` is for other installations. */
export function sizesTable(clone, folder, env) {
  const run = (cwd, command, ...args) =>
    execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  const installed = (cwd) => `${run(cwd, 'du', '-sm', 'node_modules').split('\t')[0]} MB`;
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

  const [production, consumer] = [join(folder, 'production'), join(folder, 'consumer')];
  run(folder, 'git', 'clone', '--quiet', clone, production);
  run(production, 'npm', 'ci', '--omit=dev');
  run(join(clone, 'test'), 'npm', 'ci');
  const tarball = run(clone, 'npm', 'run', '--silent', 'pack', '--', '--out', folder);
  mkdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), '{}');
  run(consumer, 'npm', 'install', tarball);
  const native = join(clone, 'node_modules', '@temporalio', 'core-bridge', 'releases');
  const rows = [
    ['installed by `npm run demo`', installed(clone)],
    ["of it Temporal's native part for five platforms", `${run(clone, 'du', '-sm', native).split('\t')[0]} MB`],
    ['production (`npm ci --omit=dev`)', installed(production)],
    ['added by `npm test`, `npm run lint` and changes of the kernel (`test/`)', installed(join(clone, 'test'))],
    ['tarball of `npm run pack`', megabytes(statSync(tarball).size)],
    ['the tarball installed, with its dependencies', installed(consumer)],
    ...imageRows(clone, run, megabytes),
  ];
  return ['| what | size |', '| --- | --: |', ...rows.map(([what, size]) => `| ${what} | ${size} |`)].join('\n');
}

function imageRows(clone, run, megabytes) {
  try {
    run(clone, 'docker', 'info');
  } catch {
    return [];
  }
  const sizeOf = (image) => Number(run(clone, 'docker', 'image', 'inspect', '--format', '{{.Size}}', image));
  return Object.entries(images).map(([name, dockerfile]) => {
    run(clone, 'docker', 'build', '--quiet', '--file', dockerfile, '--tag', `${name}:sizes`, '.');
    const [, base = ''] = /^ARG NODE_IMAGE=(\S+)$/m.exec(readFileSync(join(clone, dockerfile), 'utf8')) ?? [];
    const [size, ofBase] = [sizeOf(`${name}:sizes`), sizeOf(base)];
    run(clone, 'docker', 'rmi', `${name}:sizes`);
    return [`image \`${name}\`, of it without \`${base}\``, `${megabytes(size)}, ${megabytes(size - ofBase)}`];
  });
}
