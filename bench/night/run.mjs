// npm run bench:night: how many pipelines a second one worker takes through the night, and what orchestrating one costs.
//   --pipelines N   how many (default 10000)
//   --open N        how many at a time (default 500)
//   --singles N     how many one at a time, before that, for each way to see the end of a task (default 20)
//   --seconds N     how long a simulated task runs (default 3; one at a time up to 5 s longer)
//   --write         puts the tables into docs/benchmarks.md
// The Temporal server and the worker are real; a task is a record (../ecs/simulated.mjs) that leaves a real commit (lake.mjs).
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
const say = (line) => process.stdout.write(`${line}\n`);
ensureInstalled(say);
const { startSimulatedEcs } = await import('../ecs/simulated.mjs');
const { cpuSeconds, memoryMiB, startSystem } = await import('../system.mjs');
const { commitAsContainer, writeFiles } = await import('./lake.mjs');
const { measureOverhead } = await import('./overhead.mjs');
const { allTogether, workflowIdOf } = await import('./pipelines.mjs');
const { report } = await import('./report.mjs');
const require = createRequire(join(root, 'package.json'));
const { actionsOf } = require('./dist/step-functions/compare/temporal/actions.js');

const folder = mkdtempSync(join(tmpdir(), 'etl-bench-night-'));
say(`Writing ${pipelines} files …`);
const events = writeFiles(folder, pipelines);
const overhead = await measureOverhead({ folder, say, singles, taskSeconds }).catch((error) => {
  rmSync(folder, { recursive: true, force: true });
  throw error;
});
const ecs = await startSimulatedEcs({ taskSeconds, work: commitAsContainer });
// What the worker can, not what an account of AWS allows.
const system = await startSystem({ say, folder, ecsUrl: ecs.url, env: { ECS_LAUNCHES_PER_SECOND: '100000' } });
const { client, workerPid, temporalPid } = system;

/** Seconds of processor time of everybody who had a part in it. */
const processors = () => ({
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
  say(`${pipelines} pipelines, ${open} at a time …`);
  const before = processors();
  const seconds = await allTogether(client, events, { open, say });
  const after = processors();
  const sample = [];
  for (let n = 0; n < 20; n++) sample.push(await historyOf(workflowIdOf(Math.floor((n * pipelines) / 20))));

  const text = report({
    pipelines,
    open,
    singles,
    taskSeconds,
    seconds,
    memory: memoryMiB(workerPid, 'VmHWM'),
    cpu: Object.fromEntries(Object.keys(before).map((who) => [who, after[who] - before[who]])),
    events: median(sample.map((each) => each.events)),
    bytes: median(sample.map((each) => each.bytes)),
    actions: median(sample.map(({ actions }) => Object.values(actions).reduce((sum, count) => sum + count, 0))),
    calls: ecs.calls,
    overhead,
    processors: `${cpus().length} processors (${cpus()[0].model})`,
  });
  if (values.write) putBetweenMarks(join(root, 'docs', 'benchmarks.md'), 'bench:night', text);
  else say(`\n${text}`);
} finally {
  await system.stop();
  ecs.close();
  rmSync(folder, { recursive: true, force: true });
}
