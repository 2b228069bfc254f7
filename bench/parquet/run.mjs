// npm run bench:parquet: one chunk of CSV to a Parquet file, with our encoder and with libraries in its place, in turn.
//   --runs N      counted runs of each (default 7), after one that is not counted
//   --rows N      rows of the chunk (default 500000)
//   --python P    a Python with pyarrow, which reads the files, too
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureInstalled, ensurePackages } from '../../scripts/lib/ensure-installed.mjs';
import { median } from '../convert/report.mjs';
import { installLibraries } from '../libraries/install.mjs';
import { compareByPyarrow, hashOfValues, minusZerosWritten } from './compare.mjs';
import { contenders, packages, withoutFile } from './contenders.mjs';
import { header, writeChunk } from './data.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    rows: { type: 'string', default: '500000' },
    python: { type: 'string', default: process.env.ETL_TEST_PYTHON },
  },
});
const say = (line) => process.stdout.write(`${line}\n`);
const here = dirname(fileURLToPath(import.meta.url));

ensureInstalled(say);
ensurePackages('test', say);
const libraries = installLibraries(packages, say);
const folder = mkdtempSync(join(tmpdir(), 'etl-parquet-'));
try {
  const source = join(folder, 'chunk.csv');
  await writeChunk(source, Number(options.rows));
  say(`${options.rows} rows, ${(statSync(source).size / 1e6).toFixed(0)} MB of CSV`);
  const names = Object.keys(contenders);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  const fileOf = (name) => join(folder, `${name}.parquet`);
  const hashes = Object.fromEntries(names.map((name) => [name, new Set()]));
  for (let round = 0; round <= Number(options.runs); round++) {
    for (const name of names) {
      const figures = run(join(here, 'convert.mjs'), name, source, fileOf(name), libraries.folder);
      if (round === 0) say(`${name}: ${figures.types}`);
      else results[name].push(figures);
      if (!withoutFile.includes(name)) hashes[name].add(hashOf(fileOf(name)));
    }
  }
  say(`\n${table(results, fileOf)}\n`);
  const written = names.filter((name) => !withoutFile.includes(name));
  for (const name of written) say(`${name}: ${hashes[name].size === 1 ? 'the same' : 'other'} bytes in each run`);
  const values = [];
  for (const name of written) values.push(await hashOfValues(fileOf(name), header));
  for (const [index, name] of written.entries())
    say(`hyparquet reads from ${name}: ${values[index] === values[0] ? 'the same values' : 'other values'}`);
  say(`hyparquet-writer writes ${await minusZerosWritten(libraries.folder)} of 500 values -0`);
  if (options.python) say(compareByPyarrow(options.python, written.map(fileOf)));

  const footers = ['ours', 'hyparquet-writer'].map((kind) => run(join(here, 'footer.mjs'), kind, libraries.folder));
  say('\nThe footer of 500,000 column chunks:');
  for (const [index, { cpuSeconds, peakMiB, bytes, hash }] of footers.entries()) {
    const figures = `${cpuSeconds.toFixed(2)} s, ${peakMiB.toFixed(0)} MiB, ${(bytes / 1e6).toFixed(0)} MB`;
    const same = hash === footers[0].hash ? 'the same bytes' : 'other bytes';
    say(`  ${['our Thrift', 'the Thrift of hyparquet-writer'][index]}: ${figures}, ${same}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
  libraries.remove();
}

function run(program, ...input) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...input], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${input.join(' ')} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

function table(results, fileOf) {
  const reading = results['no encoding'];
  const rows = Object.entries(results).map(([name, runs]) => {
    const figures = (each, run) => ({ ...each, encodingSeconds: each.cpuSeconds - reading[run].cpuSeconds });
    const of = (key) => median(runs.map((each, run) => figures(each, run)[key]));
    // Of runs that followed each other: whatever else ran on the machine affected both.
    const ratio = (key) =>
      median(runs.map((each, run) => figures(each, run)[key] / figures(results.ours[run], run)[key])).toFixed(2);
    const size = withoutFile.includes(name) ? '' : `${(statSync(fileOf(name)).size / 1e6).toFixed(1)} MB`;
    const cells = [
      ...[name, `${of('cpuSeconds').toFixed(2)} s`, ratio('cpuSeconds')],
      ...[`${of('encodingSeconds').toFixed(2)} s`, ratio('encodingSeconds')],
      ...[`${of('peakMiB').toFixed(0)} MiB`, ratio('peakMiB'), size],
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    `Medians of ${options.runs} runs in turn; ${cpus().length} processors, Node ${process.versions.node}.`,
    '',
    '| | CPU time | theirs / ours | of it encoding | theirs / ours | peak memory | theirs / ours | file |',
    '| --- | --: | --: | --: | --: | --: | --: | --: |',
    ...rows,
  ].join('\n');
}

function hashOf(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
