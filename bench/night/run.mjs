// npm run bench:night: measures how many pipelines per second one worker delivers, and what the orchestration costs.
//   --pipelines N   number of pipelines (default 10000)
//   --open N        maximum of concurrent pipelines (default 500)
//   --singles N     pipelines run one at a time before that, for each way to detect the end of a task (default 20)
//   --seconds N     duration of a simulated task (default 3; up to 5 s longer for single pipelines)
//   --write         writes the tables to docs/benchmarks.md
// The Temporal server and the worker are real; tasks are simulated (../ecs/simulated.mjs) and leave real commits (lake.mjs).
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, root } from '../../scripts/lib/ensure-installed.mjs';
import { median, putBetweenMarks } from '../convert/report.mjs';

const { values } = parseArgs({
  options: {
    pipelines: { type: 'string', default: '10000' },
    open: { type: 'string', default: '500' },
    singles: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
});
const [pipelines, open, singles, taskSeconds] = [values.pipelines, values.open, values.singles, values.seconds].map(
  Number,
);
const log = (line) => process.stdout.write(`${line}\n`);
ensureInstalled(log);
const { startSimulatedEcs } = await import('../ecs/simulated.mjs');
const { cpuSeconds, memoryMiB, startSystem } = await import('../system.mjs');
const { commitAsContainer, writeFiles } = await import('./lake.mjs');
const { measureOverhead } = await import('./overhead.mjs');
const { allTogether, workflowIdOf } = await import('./pipelines.mjs');
const { report } = await import('./report.mjs');
const require = createRequire(join(root, 'package.json'));
const { actionsOf } = require('./dist/step-functions/compare/temporal/actions.js');

const folder = mkdtempSync(join(tmpdir(), 'etl-bench-night-'));
log(`Writing ${pipelines} files …`);
const events = writeFiles(folder, pipelines);
const overhead = await measureOverhead({ folder, log, singles, taskSeconds }).catch((error) => {
  rmSync(folder, { recursive: true, force: true });
  throw error;
});
const ecs = await startSimulatedEcs({ taskSeconds, work: commitAsContainer });
// Measures the worker without the launch limit of an AWS account.
const system = await startSystem({ log, folder, ecsUrl: ecs.url, env: { ECS_LAUNCHES_PER_SECOND: '100000' } });
const { client, workerPid, temporalPid } = system;

/** Returns the CPU seconds of each process. */
const cpuTimes = () => ({
  worker: cpuSeconds(workerPid),
  temporal: cpuSeconds(temporalPid),
  bench: process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
});

async function historyOf(workflowId) {
  const handle = client.workflow.getHandle(workflowId);
  const { historySize } = await handle.describe();
  const history = await handle.fetchHistory();
  return { events: history.events.length, bytes: historySize, actions: actionsOf(history) };
}

try {
  log(`${pipelines} pipelines, ${open} at a time …`);
  const before = cpuTimes();
  const seconds = await allTogether(client, events, { open, log });
  const after = cpuTimes();
  const sample = [];
  for (let n = 0; n < 20; n++) sample.push(await historyOf(workflowIdOf(Math.floor((n * pipelines) / 20))));

  const text = report({
    pipelines,
    open,
    singles,
    taskSeconds,
    seconds,
    memory: memoryMiB(workerPid, 'VmHWM'),
    cpu: Object.fromEntries(Object.keys(before).map((name) => [name, after[name] - before[name]])),
    events: median(sample.map((each) => each.events)),
    bytes: median(sample.map((each) => each.bytes)),
    actions: median(sample.map(({ actions }) => Object.values(actions).reduce((sum, count) => sum + count, 0))),
    calls: ecs.calls,
    overhead,
    processors: `${cpus().length} processors (${cpus()[0].model})`,
  });
  if (values.write) putBetweenMarks(join(root, 'docs', 'benchmarks.md'), 'bench:night', text);
  else log(`\n${text}`);
} finally {
  await system.stop();
  ecs.close();
  rmSync(folder, { recursive: true, force: true });
}
