// Formats the tables of bench:night.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../scripts/lib/ensure-installed.mjs';
import { successPath } from './transitions.mjs';

const require = createRequire(join(root, 'package.json'));
const { stateTransitionsUsd, temporalActionsUsd, temporalPlanUsd } = require('./pipeline/dist/prices/services.js');

/** Calls per second that ECS allows an account. @see ECS Developer Guide, API throttling and Fargate quotas */
const allowed = [
  { calls: ['RunTask'], perSecond: 20 },
  { calls: ['ListTasks', 'DescribeTasks'], perSecond: 20 },
  { calls: ['StopTask'], perSecond: 40 },
];

const table = (head, align, rows) => [head, align, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

function throughput({ pipelines, seconds, memory, cpu, events, bytes, actions, open }) {
  const each = (total) => `${((1000 * total) / pipelines).toFixed(1)} ms`;
  return table(
    ['one worker', ''],
    ['---', '--:'],
    [
      ['pipelines, concurrent', `${pipelines}, ${open}`],
      ['deliveries a second', (pipelines / seconds).toFixed(1)],
      ['total time', `${seconds.toFixed(0)} s`],
      ['peak memory', `${memory.toFixed(0)} MiB`],
      ['CPU time of the worker for a pipeline', each(cpu.worker)],
      ['CPU time of the Temporal server for a pipeline', each(cpu.temporal)],
      ['CPU time of the benchmark for a pipeline', each(cpu.bench)],
      ['history of a pipeline', `${events} events, ${(bytes / 1000).toFixed(1)} kB`],
      ['Temporal actions for a pipeline', actions],
    ],
  );
}

function apiCalls({ calls, pipelines }) {
  return table(
    ['ECS API', 'calls for a pipeline', 'ECS limit', 'sufficient for'],
    ['---', '--:', '--:', '--:'],
    allowed.flatMap((group) => {
      const together = group.calls.reduce((sum, name) => sum + (calls[name] ?? 0), 0) / pipelines;
      const enough = together === 0 ? '' : `${(group.perSecond / together).toFixed(1)} pipelines a second`;
      return group.calls.map((name, index) => [
        name,
        ((calls[name] ?? 0) / pipelines).toFixed(2),
        index === 0 ? `${group.perSecond} a second${group.calls.length > 1 ? ' in total' : ''}` : '',
        index === 0 ? enough : '',
      ]);
    }),
  );
}

function overheads({ overhead, singles }) {
  const [{ median: before }] = overhead;
  return table(
    [
      `time of a run without its task, ${singles} runs each`,
      'median',
      'relative to 5 s',
      'longest',
      'of this, until the end is detected',
    ],
    ['---', '--:', '--:', '--:', '--:'],
    overhead.map(({ name, median, worst, seenAfter }) => [
      name,
      `${median.toFixed(2)} s`,
      (median / before).toFixed(2),
      `${worst.toFixed(2)} s`,
      `${seenAfter.toFixed(2)} s`,
    ]),
  );
}

function oneRun({ actions }) {
  const transitions = successPath().length;
  const cloud = temporalActionsUsd(10_000 * actions);
  return table(
    ['', 'Temporal', 'Step Functions'],
    ['---', '--:', '--:'],
    [
      ['billed by the engine', `${actions} actions`, `${transitions} state transitions`],
      [
        '10,000 runs',
        `$${(cloud + temporalPlanUsd(cloud)).toFixed(2)} (Temporal Cloud)`,
        `$${stateTransitionsUsd(10_000 * transitions).toFixed(2)}`,
      ],
    ],
  );
}

export function report(figures) {
  const { processors, taskSeconds } = figures;
  return [
    `Measured on ${new Date().toISOString().slice(0, 10)}: ${processors}, Node ${process.versions.node}, tasks of ${taskSeconds} s.`,
    throughput(figures),
    apiCalls(figures),
    overheads(figures),
    oneRun(figures),
  ].join('\n\n');
}
