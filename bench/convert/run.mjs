// npm run bench:convert: CSV to Parquet, ours and the peers in turn, as whole processes, on the same data.
//   --runs N          counted runs of each (default 5), after one that is not counted
//   --gigabytes N     size of the file (default 1)
//   --large N         ours alone on a file of N gigabytes too, for memory and linearity (default 10; 0: not)
//   --container       the large file once more in the built image with 512 MiB of memory (needs Docker)
//   --write           puts the tables and the chart into docs/
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureInstalled, root } from '../../scripts/lib/ensure-installed.mjs';
import { convertInContainer } from './container.mjs';
import { makeData } from './data.mjs';
import { chart, compareTable, growthTable, median, putBetweenMarks } from './report.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    gigabytes: { type: 'string', default: '1' },
    large: { type: 'string', default: '10' },
    container: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const here = dirname(fileURLToPath(import.meta.url));
const state = join(root, '.etl', 'bench');
const say = (line) => process.stdout.write(`${line}\n`);

/** The peers' Python, made once for these very versions. */
function peersPython() {
  const wanted = readFileSync(join(here, 'requirements.txt'), 'utf8');
  const venv = join(state, 'peers');
  const python = join(venv, 'bin', 'python');
  const stamp = join(venv, 'requirements.txt');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  say('Installing the peers with Python (once) …');
  rmSync(venv, { recursive: true, force: true });
  execFileSync('python3', ['-m', 'venv', venv]);
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '-r', join(here, 'requirements.txt')], { stdio: 'inherit' });
  writeFileSync(stamp, wanted);
  return python;
}

/** One whole process: `{ wallSeconds, cpuSeconds, peakMiB }`. */
function measure(python, command, env = {}) {
  const { stdout, stderr } = spawnSync(python, [join(here, 'measure.py'), ...command], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const figures = JSON.parse(stdout.trim().split('\n').at(-1));
  if (figures.exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${figures.exitCode}: ${stderr}`);
  return figures;
}

function contenders(python) {
  const peer = (script) => (source, folder) => measure(python, [python, join(here, 'peers', script), source, folder]);
  return {
    ours: (source, folder) =>
      measure(python, [process.execPath, join(root, 'etl-image', 'dist', 'main.js')], {
        INPUT_FILE: `file://${source}`,
        OUTPUT_PREFIX: `file://${folder}`,
        ...{ BATCH_DATE: '2026-02-08', DATASET: 'ventas', RUN_ID: 'bench', RUN_STARTED_AT: '2026-02-08T01:00:00Z' },
        TIMEOUT_SECONDS: '86400',
      }),
    Polars: peer('polars_sink.py'),
    pandas: peer('pandas_loop.py'),
    DuckDB: peer('duckdb_copy.py'),
  };
}

function runOnce(contender, source) {
  const folder = mkdtempSync(join(tmpdir(), 'etl-bench-'));
  try {
    return contender(source, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

ensureInstalled(say);
mkdirSync(state, { recursive: true });
const python = peersPython();
const all = contenders(python);
const source = await makeData(root, state, Number(options.gigabytes), say);
const results = Object.fromEntries(Object.keys(all).map((name) => [name, []]));
for (let round = 0; round <= Number(options.runs); round++) {
  for (const [name, contender] of Object.entries(all)) {
    const figures = runOnce(contender, source);
    if (round > 0) results[name].push(figures);
    const { wallSeconds, cpuSeconds, peakMiB } = figures;
    const what = round === 0 ? 'not counted' : `run ${round}`;
    say(
      `${name.padEnd(7)} ${what}: ${wallSeconds.toFixed(2)} s, CPU ${cpuSeconds.toFixed(2)} s, ${peakMiB.toFixed(0)} MiB`,
    );
  }
}

const grown = [{ bytes: statSync(source).size, ...medians(results.ours) }];
const largeSource = Number(options.large) > 0 ? await makeData(root, state, Number(options.large), say) : undefined;
if (largeSource) {
  const figures = runOnce(all.ours, largeSource);
  grown.push({ bytes: statSync(largeSource).size, ...figures });
}
if (options.container && largeSource) grown.push(convertInContainer(root, largeSource, say));

function medians(figures) {
  return Object.fromEntries(
    ['wallSeconds', 'cpuSeconds', 'peakMiB'].map((key) => [key, median(figures.map((each) => each[key]))]),
  );
}

const machine = `${cpus().length} processors (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.versions.node}`;
const day = new Date().toISOString().slice(0, 10);
const tables = [
  `Measured on ${day}: ${machine}; ${(statSync(source).size / 1e9).toFixed(2)} GB, medians of ${options.runs} runs in turn.`,
  compareTable(results),
  growthTable(grown),
].join('\n\n');
say(`\n${tables}`);
if (options.write) {
  putBetweenMarks(join(root, 'docs', 'benchmarks.md'), 'bench:convert', tables);
  writeFileSync(join(root, 'docs', 'benchmarks-convert.svg'), chart(results));
  say('\nWritten to docs/benchmarks.md and docs/benchmarks-convert.svg');
}
