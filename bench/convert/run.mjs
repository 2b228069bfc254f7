// npm run bench:convert: measures this project's CSV to Parquet conversion and its peers, as processes on the same data.
//   --runs N          measured runs of each (default 5), after one warm-up run
//   --gigabytes N     size of the file (default 1)
//   --large N         also converts a file of N gigabytes, for memory and linearity (default 10; 0: none)
//   --container       also converts the large file in the built image with 512 MiB of memory (requires Docker)
//   --write           writes the tables and the chart to docs/
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureInstalled, root } from '../../scripts/lib/ensure-installed.mjs';
import { convertInContainer } from './container.mjs';
import { makeData } from './data.mjs';
import { measure, peersPython } from './processes.mjs';
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
const log = (line) => process.stdout.write(`${line}\n`);

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

ensureInstalled(log);
mkdirSync(state, { recursive: true });
const python = peersPython(log);
const all = contenders(python);
const source = await makeData(root, state, Number(options.gigabytes), log);
const results = Object.fromEntries(Object.keys(all).map((name) => [name, []]));
for (let round = 0; round <= Number(options.runs); round++) {
  for (const [name, contender] of Object.entries(all)) {
    const figures = runOnce(contender, source);
    if (round > 0) results[name].push(figures);
    const { wallSeconds, cpuSeconds, peakMiB } = figures;
    const what = round === 0 ? 'warm-up' : `run ${round}`;
    log(
      `${name.padEnd(7)} ${what}: ${wallSeconds.toFixed(2)} s, CPU ${cpuSeconds.toFixed(2)} s, ${peakMiB.toFixed(0)} MiB`,
    );
  }
}

const growth = [{ bytes: statSync(source).size, ...medians(results.ours) }];
const largeSource = Number(options.large) > 0 ? await makeData(root, state, Number(options.large), log) : undefined;
if (largeSource) {
  const figures = runOnce(all.ours, largeSource);
  growth.push({ bytes: statSync(largeSource).size, ...figures });
}
if (options.container && largeSource) growth.push(convertInContainer(root, largeSource, log));

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
  growthTable(growth),
].join('\n\n');
log(`\n${tables}`);
if (options.write) {
  putBetweenMarks(join(root, 'docs', 'benchmarks.md'), 'bench:convert', tables);
  writeFileSync(join(root, 'docs', 'benchmarks-convert.svg'), chart(results));
  log('\nWritten to docs/benchmarks.md and docs/benchmarks-convert.svg');
}
