// npm run bench:ecs: measures a worker's ECS calls, its memory, and the delay until it detects stopped tasks.
//   --tasks 1,10,100,500,2000   numbers of concurrent tasks
//   --seconds N                 length of each measurement (default 60)
//   --write                     writes the table to docs/benchmarks.md
// The Temporal server and the worker are real, tasks are simulated (simulated.mjs).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureInstalled, root } from '../../scripts/lib/ensure-installed.mjs';
import { putBetweenMarks } from '../convert/report.mjs';

const { values: options } = parseArgs({
  options: {
    tasks: { type: 'string', default: '1,10,100,500,2000' },
    seconds: { type: 'string', default: '60' },
    write: { type: 'boolean', default: false },
  },
});
const seconds = Number(options.seconds);
const log = (line) => process.stdout.write(`${line}\n`);
ensureInstalled(log);
const { startSimulatedEcs } = await import('./simulated.mjs');
const { cpuSeconds, memoryMiB, quantile, startSystem } = await import('../system.mjs');
const require = createRequire(join(root, 'package.json'));
const { transform } = require('./pipeline/dist/definition.js');
const { maxTasksPerDescribe } = require('./dist/activities/ports.js');

const folder = mkdtempSync(join(tmpdir(), 'etl-bench-ecs-'));
const source = join(folder, 'x.csv');
writeFileSync(source, 'a,b\n1,2\n');

const ecs = await startSimulatedEcs();
const system = await startSystem({ log, folder, ecsUrl: ecs.url, env: { ECS_LAUNCHES_PER_SECOND: '1000' } });
const { client } = system;

let started = 0;
/** Starts pipelines until `count` tasks run. Replaces tasks that have ended. */
async function startUntil(count) {
  const goal = started + count - ecs.running().length;
  const one = async () => {
    while (started < goal) {
      const number = started++;
      const detail = { s3Key: pathToFileURL(source).href, batchDate: '2026-02-08', dataset: `d${number}` };
      await client.workflow.start('etlPipeline', {
        workflowId: `bench-${number}`,
        taskQueue: 'etl',
        args: [{ detail: { ...detail, destination: pathToFileURL(join(folder, 'lake')).href } }],
      });
    }
  };
  await Promise.all(Array.from({ length: 20 }, one));
  let loggedAt = Date.now();
  while (ecs.running().length < count) {
    await delay(200);
    if (Date.now() - loggedAt < 15_000) continue;
    loggedAt = Date.now();
    log(`starting: ${ecs.running().length} of ${count} tasks run`);
  }
}

/** Minimum of ended tasks for a median. */
const minEnds = 10;
/** Median delay in seconds of the former poll interval of five seconds. */
const medianBefore = 2.5;

/**
 * Measures `count` running tasks while a tenth of them end at random moments. With few tasks, replacements start before the
 * ends, because the first poll of a new task would otherwise detect its end.
 */
async function measure(count) {
  await startUntil(count);
  await delay(10_000);
  ecs.lags.length = 0;
  const [startedAt, before, cpuBefore] = [Date.now(), ecs.calls.DescribeTasks ?? 0, cpuSeconds(system.temporalPid)];
  const ends = Math.max(minEnds, Math.floor(count / 10));
  for (let n = 0; n < ends; n++) {
    const pause = () => delay((Math.random() * seconds * 1000) / ends);
    await pause();
    if (count <= 100) await startUntil(count + 1);
    await pause();
    ecs.end(ecs.running()[0]);
  }
  while (ecs.lags.length < ends) await delay(200);
  const minutes = (Date.now() - startedAt) / 60_000;
  const pollSeconds = Math.max(transform.pollSeconds, count / (maxTasksPerDescribe * transform.describesPerSecond));
  return {
    count,
    perMinute: ((ecs.calls.DescribeTasks ?? 0) - before) / minutes,
    alone: (count * 60) / pollSeconds,
    serverCpu: (cpuSeconds(system.temporalPid) - cpuBefore) / (minutes * 60),
    memory: memoryMiB(system.workerPid, 'VmRSS'),
    median: quantile(ecs.lags, 0.5),
    worst: Math.max(...ecs.lags),
  };
}

const limitPerMinute = 20 * 60;
try {
  const rows = [];
  for (const count of options.tasks.split(',').map(Number)) {
    const { perMinute, alone, serverCpu, memory, median, worst } = await measure(count);
    const share = (calls) => `${Math.round(calls)} (${Math.round((100 * calls) / limitPerMinute)} %)`;
    rows.push(
      `| ${count} | ${share(perMinute)} | ${share(alone)} | ${(perMinute / alone).toFixed(3)} | ${memory.toFixed(0)} MiB | ${(100 * serverCpu).toFixed(0)} % | ${median.toFixed(2)} s | ${(median / medianBefore).toFixed(2)} | ${worst.toFixed(1)} s |`,
    );
    log(rows.at(-1));
  }
  const table = [
    `Measured on ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${seconds} s each.`,
    '',
    '| running tasks | DescribeTasks calls a minute (share of the ECS limit) | with one call for each task | ratio | worker memory | CPU of the Temporal server | median delay until a stop is detected | relative to polling every 5 s | longest delay |',
    '| --: | --: | --: | --: | --: | --: | --: | --: | --: |',
    ...rows,
  ].join('\n');
  if (options.write) putBetweenMarks(join(root, 'docs', 'benchmarks.md'), 'bench:ecs', table);
  else log(`\n${table}`);
} finally {
  await system.stop();
  ecs.close();
  rmSync(folder, { recursive: true, force: true });
}
