// npm run bench:first-contact: measures the first commands in a clone of the last commit with an empty home folder,
// and the sizes of what they install.
//   --write   writes the tables to docs/benchmarks.md
// Hides a temporal program on PATH, so that the demo finds a server as on a new machine. Measures a second clone with a server
// in the cache, as after a download, if this machine has one: add the time of the download.
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../../scripts/lib/ensure-installed.mjs';
import { median, putBetweenMarks } from '../convert/report.mjs';
import { sizesTable } from './sizes.mjs';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const folder = mkdtempSync(join(tmpdir(), 'etl-bench-first-contact-'));
const [clone, home] = [join(folder, 'clone'), join(folder, 'home')];
const hidden = (path) => existsSync(join(path, 'temporal'));
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(XDG_|ETL_|TEMPORAL_|npm_)/.test(name))),
  HOME: home,
  PATH: process.env.PATH.split(delimiter)
    .filter((path) => !path.includes('node_modules') && !hidden(path))
    .join(delimiter),
};

/** Runs a command in the clone. Returns its seconds and its output. Throws if it fails. */
function timed(command, ...args) {
  return timedIn(clone, env, command, ...args);
}

async function timedIn(cwd, variables, command, ...args) {
  const startedAt = performance.now();
  const child = spawn(command, args, { cwd, env: variables, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${code}`);
  return { seconds: (performance.now() - startedAt) / 1000, output };
}

async function medianOf(times, ...command) {
  const seconds = [];
  for (let n = 0; n < times; n++) seconds.push((await timed(...command)).seconds);
  return median(seconds);
}

/** Runs the first command in another clone whose home has a server in the cache; undefined if this machine has none. */
async function firstWithServer() {
  const cached = join(homedir(), '.cache', 'etl-orchestrator', 'temporal', 'temporal');
  if (!existsSync(cached)) return undefined;
  const [cwd, other] = [join(folder, 'clone-2'), join(folder, 'home-2')];
  const cache = join(other, '.cache', 'etl-orchestrator', 'temporal');
  mkdirSync(cache, { recursive: true });
  copyFileSync(cached, join(cache, 'temporal'));
  execFileSync('git', ['clone', '--quiet', root, cwd]);
  return timedIn(cwd, { ...env, HOME: other }, 'npm', 'run', 'demo');
}

const serverOf = (output) =>
  /runs on Temporal's test server/.test(output) ? "Temporal's test server" : "Temporal's dev server";

try {
  mkdirSync(home);
  execFileSync('git', ['clone', '--quiet', root, clone]);
  const first = await timed('npm', 'run', 'demo');
  const again = await timed('npm', 'run', 'demo');
  const downloaded = await firstWithServer();
  const rows = [
    [`\`npm run demo\` as the first command (${serverOf(first.output)})`, first.seconds],
    ...(downloaded
      ? [
          [
            `the same with a downloaded server (${serverOf(downloaded.output)}), without its download`,
            downloaded.seconds,
          ],
        ]
      : []),
    [`\`npm run demo\` again (${serverOf(again.output)})`, again.seconds],
    ['`npx etl --version`, median of 5', await medianOf(5, 'npx', 'etl', '--version')],
    ['`node cli/etl.js --version`, median of 5', await medianOf(5, process.execPath, 'cli/etl.js', '--version')],
  ];
  const table = [
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} processors (${cpus()[0].model.split(' ').slice(0, 2).join(' ')}), Node ${process.versions.node}, npm packages from a registry on the local network.`,
    '',
    '| command | time |',
    '| --- | --: |',
    ...rows.map(([what, seconds]) => `| ${what} | ${seconds.toFixed(seconds < 10 ? 2 : 0)} s |`),
    '',
    sizesTable(clone, folder, env),
  ].join('\n');
  process.stdout.write(`\n${table}\n`);
  if (values.write) putBetweenMarks(join(root, 'docs', 'benchmarks.md'), 'bench:first-contact', table);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
