// npm run bench:uniqueness: measures the rule `duplicateValues` over a large file, beside DuckDB's count(distinct).
//   --rows N     rows in millions (default 50)
//   --write      writes the table to docs/
// Both must count the same rows. The conversion without a rule shows what the rule costs.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureInstalled, root } from '../../scripts/lib/ensure-installed.mjs';
import { measure, peersPython } from '../convert/processes.mjs';
import { putBetweenMarks } from '../convert/report.mjs';
import { makeOrders, repeatsIn } from './data.mjs';

const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '50' }, write: { type: 'boolean', default: false } },
});
const here = dirname(fileURLToPath(import.meta.url));
const state = join(root, '.etl', 'bench');
const log = (line) => process.stdout.write(`${line}\n`);
const rows = Number(options.rows) * 1_000_000;

/** Bytes of a key in the work folder. */
const keyBytes = 20;

function inFolder(run) {
  const folder = mkdtempSync(join(state, 'uniqueness-'));
  try {
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Converts the file with rules. A rule that fails blocks the batch, so the numbers are checked by the run's success. */
function convert(source, rules) {
  return inFolder((folder) =>
    measure(python, [process.execPath, join(root, 'etl-image', 'dist', 'main.js')], {
      INPUT_FILE: `file://${source}`,
      OUTPUT_PREFIX: `file://${join(folder, 'lake')}`,
      OPTIONS: JSON.stringify({ quality: { rules } }),
      ...{ BATCH_DATE: '2026-02-08', DATASET: 'orders', RUN_ID: 'bench', RUN_STARTED_AT: '2026-02-08T01:00:00Z' },
      ...{ TIMEOUT_SECONDS: '86400', SCRATCH_DIR: folder },
    }),
  );
}

/** DuckDB may need more than 512 MB, depending on the timing of its threads: uses the first limit that suffices. */
function countInDuckDb(source) {
  const script = join(here, 'duckdb_count.py');
  for (const memory of ['512MB', '1GB', '2GB', '4GB']) {
    const figures = inFolder((folder) => {
      const { status, stdout } = spawnSync(python, [script, source, folder, memory], { encoding: 'utf8' });
      if (status !== 0) return undefined;
      if (Number(stdout) !== repeats) throw new Error(`DuckDB counts ${stdout.trim()} repeats instead of ${repeats}`);
      try {
        return measure(python, [python, script, source, folder, memory]);
      } catch {
        return undefined;
      }
    });
    if (figures) return { ...figures, memory };
    log(`DuckDB does not finish with ${memory}`);
  }
  throw new Error('DuckDB does not finish with 4GB');
}

ensureInstalled(log);
mkdirSync(state, { recursive: true });
const python = peersPython(log);
const source = await makeOrders(state, rows, log);
const repeats = repeatsIn(rows);
const show = (name, { wallSeconds, cpuSeconds, peakMiB }) =>
  log(`${name}: ${wallSeconds.toFixed(1)} s, CPU ${cpuSeconds.toFixed(1)} s, ${peakMiB.toFixed(0)} MiB`);

const plain = convert(source, []);
show('without a rule', plain);
const ruled = convert(source, [{ metric: 'duplicateValues', column: 'order', mustBe: repeats }]);
show('with the rule', ruled);
const duckDb = countInDuckDb(source);
show('DuckDB', duckDb);

const cost = {
  wallSeconds: ruled.wallSeconds - plain.wallSeconds,
  cpuSeconds: ruled.cpuSeconds - plain.cpuSeconds,
};
const row = (name, figures, share, peak) =>
  `| ${name} | ${figures.wallSeconds.toFixed(1)} s | ${share('wallSeconds')} | ${figures.cpuSeconds.toFixed(1)} s | ${share('cpuSeconds')} | ${peak} |`;
const relative = (figures) => (key) => (figures[key] / duckDb[key]).toFixed(2);
const mebibytes = ({ peakMiB }) => `${peakMiB.toFixed(0)} MiB`;
const machine = `${cpus().length} processors (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.versions.node}`;
const day = new Date().toISOString().slice(0, 10);
const table = [
  `Measured on ${day}: ${machine}; ${rows / 1e6} million keys, ${(statSync(source).size / 1e9).toFixed(2)} GB, of which ${repeats} repeat an earlier one. The keys take ${((rows * keyBytes) / 1e9).toFixed(2)} GB of the work folder.`,
  [
    '| | wall time | relative to DuckDB | CPU time | relative to DuckDB | peak memory |',
    '| --- | --: | --: | --: | --: | --: |',
    row('conversion to Parquet with the rule', ruled, relative(ruled), mebibytes(ruled)),
    row('conversion without the rule', plain, relative(plain), mebibytes(plain)),
    row('difference', cost, relative(cost), ''),
    row(
      `DuckDB, \`count(distinct)\` with a memory limit of ${duckDb.memory}, no Parquet`,
      duckDb,
      () => '',
      mebibytes(duckDb),
    ),
  ].join('\n'),
].join('\n\n');
log(`\n${table}`);
if (options.write) {
  putBetweenMarks(join(root, 'docs', 'benchmarks.md'), 'bench:uniqueness', table);
  log('\nWritten to docs/benchmarks.md');
}
