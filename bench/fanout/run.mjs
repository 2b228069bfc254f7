// npm run bench:fanout: converts one file with one task and with several shards, as processes on this machine.
//   --gb N       size of the file (default 5)
//   --shards L   numbers of shards to measure (default 1,2,4,8)
//   --write      writes the table to docs/
// A task has two processors, as the routing policy sets on Fargate. Tasks do not share processors, so one task runs per pair
// of processors. Wall time depends on this machine; CPU time shows the cost of the fan-out. Every number of shards must
// publish the same bytes as one task.
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, root } from '../../scripts/lib/ensure-installed.mjs';
import { makeData } from '../convert/data.mjs';
import { putBetweenMarks } from '../convert/report.mjs';
import { commit, convert, index, shards } from './launches.mjs';

const { values: options } = parseArgs({
  options: {
    gb: { type: 'string', default: '5' },
    shards: { type: 'string', default: '1,2,4,8' },
    write: { type: 'boolean', default: false },
  },
});
const log = (line) => process.stdout.write(`${line}\n`);
const state = join(root, '.etl', 'bench');
const processors = cpus().length;
const atATime = Math.max(1, Math.floor(processors / 2));

/** Runs `work` in a new lake. Returns its result with the total time, CPU time and peak memory. */
async function timed(work) {
  const lake = mkdtempSync(join(state, 'lake-'));
  const started = Date.now();
  try {
    const { manifest, launches } = await work(lake);
    const sum = (key) => launches.reduce((total, figures) => total + figures[key], 0);
    return {
      manifest,
      launches,
      wallSeconds: (Date.now() - started) / 1000,
      cpuSeconds: sum('cpuSeconds'),
      peakMiB: Math.max(...launches.map((figures) => figures.peakMiB)),
    };
  } finally {
    rmSync(lake, { recursive: true, force: true });
  }
}

async function fanOut(source, lake, of) {
  const indexed = await index(source, lake);
  const converted = await shards(source, lake, of, indexed.uri, atATime);
  const committed = await commit(source, lake, of, indexed.uri);
  return { manifest: committed.manifest, launches: [indexed, ...converted, committed], indexed };
}

/** Returns the part of a manifest that must be the same for any number of shards. */
const content = ({ parts, totals, schema, warnings }) =>
  JSON.stringify({ parts: parts.map(({ file, rows, sha256 }) => [file, rows, sha256]), totals, schema, warnings });

ensureInstalled(log);
mkdirSync(state, { recursive: true });
const source = await makeData(root, state, Number(options.gb), log);
const show = ({ wallSeconds, cpuSeconds, peakMiB }) =>
  `${wallSeconds.toFixed(1)} s, CPU ${cpuSeconds.toFixed(1)} s, ${peakMiB.toFixed(0)} MiB`;

const alone = await timed(async (lake) => {
  const done = await convert(source, lake);
  return { manifest: done.manifest, launches: [done] };
});
log(`one task: ${show(alone)}`);
const rows = [];
for (const of of options.shards.split(',').map(Number)) {
  const together = await timed((lake) => fanOut(source, lake, of));
  if (content(together.manifest) !== content(alone.manifest)) throw new Error(`${of} shards published different bytes`);
  const ratio = together.cpuSeconds / alone.cpuSeconds;
  const indexShare = together.launches[0].cpuSeconds / alone.cpuSeconds;
  rows.push({ of, ...together, ratio, indexShare });
  log(`${of} shards: ${show(together)}; CPU time ${ratio.toFixed(3)} of one task's, index ${indexShare.toFixed(3)}`);
}

const cells = (first, { wallSeconds, cpuSeconds, peakMiB }, ratio, indexShare) =>
  `| ${[first, `${wallSeconds.toFixed(1)} s`, `${cpuSeconds.toFixed(1)} s`, ratio, indexShare, `${peakMiB.toFixed(0)} MiB`].join(' | ')} |`;
const machine = `${processors} processors (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 1024 ** 3)} GiB, Node ${process.versions.node}`;
const table = [
  `Measured on ${new Date().toISOString().slice(0, 10)}: ${machine}; ${(statSync(source).size / 1e9).toFixed(2)} GB, ${atATime === 1 ? 'one task' : `at most ${atATime} tasks`} at a time; the ${alone.manifest.parts.length} parts of every row have the same SHA-256.`,
  [
    '| | wall time | CPU time of all tasks | relative to one task | share of the index | peak memory of a task |',
    '| --- | --: | --: | --: | --: | --: |',
    cells('one task', alone, '', ''),
    ...rows.map((row) =>
      cells(
        row.of === 1 ? '1 shard' : `${row.of} shards`,
        row,
        row.ratio.toFixed(2),
        `${(row.indexShare * 100).toFixed(1)} %`,
      ),
    ),
  ].join('\n'),
].join('\n\n');
log(`\n${table}`);
if (options.write) {
  putBetweenMarks(join(root, 'docs', 'benchmarks.md'), 'bench:fanout', table);
  log('\nWritten to docs/benchmarks.md');
}
const worst = rows.reduce((most, { ratio }) => Math.max(most, ratio), 0);
if (worst > 1.1) {
  log(`\nerror: a fan-out took ${worst.toFixed(2)} times the CPU time of one task, more than the limit of 1.1`);
  process.exitCode = 1;
}
