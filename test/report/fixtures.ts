import { addDays, daysBetween } from '@etl/lib/timeZones';
import type { Cell, CellState } from '@etl/pipeline/calendar/cell';
import type { Launch } from '@etl/pipeline/launches';
import type { Manifest } from '@etl/pipeline/manifest';
import { nothing } from '@etl/pipeline/runs/common';
import type { RunView } from '@etl/pipeline/runs/runView';
import type { NightReport } from '../../report/night/data';
import type { RunReport } from '../../report/run/data';

const minute = 60_000;
export const start = Date.parse('2026-02-09T02:30:00Z');
const at = (minutes: number): string => new Date(start + minutes * minute).toISOString();

export const batch = { dataset: 'ventas', batchDate: '2026-02-08', source: 'ventas_norte' };

export function sampleView(changes: Partial<RunView> = {}): RunView {
  return {
    ...nothing,
    kind: 'file',
    workflowId: 'etl/ventas/2026-02-08/ventas_norte',
    runId: '0198c3a1-7e57-7000-8000-000000000001',
    batch,
    title: 'ventas 2026-02-08 ventas_norte',
    file: 's3://raw-data-lake/ventas/ventas_norte.csv',
    outcome: 'delivered',
    step: 'done',
    startedAt: at(0),
    endedAt: at(7),
    published: 's3://clean-data-lake/ventas/batch_date=2026-02-08/source=ventas_norte',
    ...changes,
  };
}

export function sampleManifest(changes: Partial<Manifest> = {}): Manifest {
  return {
    version: 1,
    runId: '0198c3a1-7e57-7000-8000-000000000001',
    generation: 2,
    runStartedAt: at(0),
    program: '@etl/image@0.3.0',
    optionsHash: 'o1',
    source: { uri: 's3://raw-data-lake/ventas/ventas_norte.csv', bytes: 418_000_000, fingerprint: 'f1' },
    batchDate: '2026-02-08',
    dataset: 'ventas',
    schema: [
      { name: 'order_id', type: 'integer', sourceName: 'Order ID' },
      { name: 'fecha', type: 'date', sourceName: 'fecha' },
      { name: 'store', type: 'text', sourceName: 'store', maxBytes: 24 },
      { name: 'importe', type: 'double', sourceName: 'importe' },
    ],
    parts: [],
    totals: { rowsRead: 4_200_000, rowsWritten: 4_198_180, rowsBlank: 20, rowsRejected: 1800, datesCoerced: 12 },
    chunks: 9,
    reused: 3,
    startedAt: at(3),
    finishedAt: at(6),
    resources: {
      ...{ peakMemoryMiB: 612, cpuSeconds: 171, wallSeconds: 96, bytesRead: 418_000_000, bytesWritten: 61_000_000 },
      ...{ rowsPerSecond: 43_750, cpus: 2, memoryMiB: 1792, threads: 2 },
      series: Array.from({ length: 40 }, (_, index) => ({
        seconds: index * 2.4,
        rows: Math.round(index * 105_000 + Math.sin(index / 3) * 30_000),
        memoryMiB: Math.round(260 + 340 * (1 - Math.exp(-index / 9)) + 25 * Math.sin(index)),
      })),
    },
    warnings: ['dates that do not parse became null: 12 in column fecha, the first in line 4711'],
    rejected: { 'too few fields': 1500, 'importe: not a number': 300 },
    coerced: { fecha: 12 },
    quality: [
      {
        name: 'nullValues(order_id)',
        metric: 'nullValues',
        level: 'block',
        outcome: 'passed',
        value: 0,
        threshold: 'must be 0',
        unit: 'rows',
      },
      {
        name: 'stores are known',
        metric: 'invalidValues',
        level: 'warn',
        outcome: 'failed',
        value: 0.4,
        threshold: 'must be at most 0.1',
        unit: 'percent',
        lines: [12, 907],
      },
      {
        name: 'freshness(fecha)',
        metric: 'freshness',
        level: 'hold',
        outcome: 'passed',
        value: 1,
        threshold: 'must be at most 2',
        unit: 'days',
      },
    ],
    ...changes,
  };
}

const launches: readonly Launch[] = [
  {
    ...{
      generation: 1,
      lane: 'fargate',
      spot: true,
      size: { cpu: 2048, memoryMiB: 4096 },
      seconds: 84,
      costUsd: 0.0006,
    },
    ...{ failureType: 'SpotInterruption', reason: 'Your Spot Task was interrupted.' },
  },
  {
    generation: 2,
    lane: 'fargate',
    spot: false,
    size: { cpu: 2048, memoryMiB: 4096 },
    seconds: 118,
    exitCode: 0,
    costUsd: 0.0032,
  },
];

/** A run that delivered with its second launch, after an interruption. */
export function deliveredReport(changes: Partial<RunReport> = {}): RunReport {
  const step = (from: number, began: number, to: number, tone: 'good' | 'bad' | 'warn', label: string) => ({
    ...{ asked: start + from * minute, began: start + began * minute, ended: start + to * minute, tone, label },
  });
  return {
    view: sampleView({ launches, costUsd: 0.0038 }),
    generatedAt: at(30),
    timeline: {
      from: start,
      to: start + 7 * minute,
      lanes: [
        { name: 'validate', spans: [step(0, 0.1, 0.3, 'good', 'validateInput, 12 s, done')] },
        {
          name: 'launch',
          spans: [
            step(0.3, 0.4, 0.5, 'good', 'launchTask, launch 1, 6 s, done'),
            step(3, 3.1, 3.3, 'good', 'launchTask, launch 2, 12 s, done'),
          ],
        },
        {
          name: 'task',
          spans: [
            step(0.5, 0.5, 2, 'bad', 'awaitTask, launch 1, 90 s, SpotInterruption'),
            step(3.3, 3.3, 6, 'good', 'awaitTask, launch 2, 162 s, done'),
          ],
        },
        { name: 'wait', spans: [step(2, 2, 3, 'warn', 'wait, 60 s, waited')] },
        { name: 'confirm', spans: [step(6, 6.1, 6.2, 'good', 'confirmCommit, 6 s, done')] },
        { name: 'sinks', spans: [step(6.2, 6.3, 6.8, 'good', 'applySink, 30 s, done')] },
        { name: 'notify', spans: [step(6.8, 6.9, 7, 'good', 'notify, 6 s, done')] },
      ],
    },
    commit: { number: 3, manifest: sampleManifest(), isOwn: true },
    previous: {
      ...{ batchDate: '2026-02-07', source: 'ventas_norte', rowsWritten: 4_010_000 },
      schema: [
        { name: 'order_id', type: 'integer' },
        { name: 'fecha', type: 'date' },
        { name: 'tienda', type: 'text' },
        { name: 'importe', type: 'integer' },
      ],
    },
    rejects: {
      isCommitted: true,
      rows: [
        { line: 761, column: 'importe', reason: 'too few fields', raw: '759,2026-01-17,Sevilla' },
        { line: 90_412, column: 'importe', reason: 'importe: not a number', raw: '90410,2026-01-19,Bilbao,n/a' },
      ],
    },
    costs: {
      estimateUsd: 0.0035,
      launches: [
        { lane: 'fargate-spot', usd: 0.0006, isWaste: true, isListed: true, launch: launches[0] as Launch },
        { lane: 'fargate', usd: 0.0032, isWaste: false, isListed: true, launch: launches[1] as Launch },
      ],
    },
    sinks: [{ sink: 'glue', state: 'applied', detail: 'table ventas, partition 2026-02-08', at: at(6.7) }],
    links: [
      {
        name: 'Temporal Web UI',
        text: 'history of the run',
        url: 'http://127.0.0.1:8233/namespaces/default/workflows/x',
      },
      { name: 'Published', text: 's3://clean-data-lake/ventas/batch_date=2026-02-08/source=ventas_norte' },
    ],
    notes: [],
    ...changes,
  };
}

/** A run that failed in its second launch and published nothing. */
export function failedReport(changes: Partial<RunView> = {}): RunReport {
  const { commit: _commit, previous: _previous, ...rest } = deliveredReport();
  const view = sampleView({
    outcome: 'failed',
    step: 'transform',
    launch: 2,
    failureType: 'OutOfMemory',
    reason: 'the task was killed because it used more memory than 4096 MiB',
    stopReason: 'EssentialContainerExited: OutOfMemoryError: Container killed due to memory usage',
    exitCode: 137,
    taskArn: 'arn:aws:ecs:eu-west-1:123456789012:task/etl/0123456789abcdef0123456789abcdef',
    logTail: ['{"event":"progress","rowsRead":1200000}', '{"event":"progress","rowsRead":1400000}', 'Killed'],
    next: {
      kind: 'command',
      why: 'Raise compute.memory in --options, or lower chunkRows',
      command: `npx etl run s3://raw-data-lake/ventas/ventas_norte.csv --date 2026-02-08 --dataset ventas --options '{"compute":{"memory":8192}}'`,
    },
    hasDeadLetter: true,
    launches,
    costUsd: 0.0038,
    ...changes,
  });
  return {
    ...rest,
    view,
    rejects: { isCommitted: false, rows: [{ line: 3, reason: 'too few fields', raw: 'x' }] },
    sinks: [],
    notes: ['The run has published nothing: rows, schema and quality are known only from a commit.'],
  };
}

/** Text that would do something if any of it were not encoded. */
export const hostile = [
  '<script>document.title="owned"</script>',
  '"><img src=x onerror="document.title=1">',
  "' onmouseover='alert(1)",
  '</style><style>*{display:none}</style>',
  '</title><svg/onload=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '<!--',
  ']]>',
  '&lt;b&gt;&#x3c;',
  '\u202egnp.exe\u202c \u2066x\u2069',
  'a\u0000b\u001b[31mc\u0007\u009b',
  'line 1\r\nline 2\u2028line 3',
  `$\{x} {{x}}`,
  '\ud800 lone',
].join(' ');

/** Replaces every text in a value, at any depth, except those that are names of this program. */
export function withHostileTexts<T>(value: T, key = ''): T {
  const kept = [
    'outcome',
    'kind',
    'state',
    'tone',
    'level',
    'lane',
    'unit',
    'startedAt',
    'endedAt',
    'generatedAt',
    'at',
    'date',
    'day',
    'type',
    'metric',
  ];
  if (typeof value === 'string') return (kept.includes(key) ? value : `${hostile} ${value}`) as T;
  if (Array.isArray(value)) return value.map((each) => withHostileTexts(each, key)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      ['rejected', 'coerced', 'files'].includes(key) ? `${hostile} ${name}` : name,
      withHostileTexts(each, name),
    ]),
  ) as T;
}

/** A run with hundreds of shards and launches, a thousand columns, and long lists. */
export function giantReport(): RunReport {
  const many = <T>(length: number, of: (index: number) => T): T[] => Array.from({ length }, (_, index) => of(index));
  const all = many(600, (index): Launch => {
    const failed =
      index % 50 === 7 ? { failureType: 'HostFailure' as const, reason: 'r'.repeat(2000) } : { exitCode: 0 };
    return {
      generation: index + 1,
      lane: 'fargate',
      spot: true,
      shard: `${index + 1}/600`,
      seconds: 60,
      costUsd: 0.001,
      ...failed,
    };
  });
  const base = deliveredReport();
  return {
    ...base,
    view: sampleView({ launches: all, logTail: many(50, () => 'l'.repeat(2000)) }),
    timeline: {
      from: start,
      to: start + 60 * minute,
      lanes: [
        {
          name: 'shards',
          spans: all.map(({ failureType }, index) => ({
            asked: start + index * 4000,
            began: start + index * 4000 + 500,
            ended: start + index * 4000 + 300_000 + (index % 7) * 40_000,
            tone: failureType ? ('bad' as const) : ('good' as const),
            label: `shard ${index}`,
          })),
        },
      ],
    },
    commit: {
      number: 1,
      isOwn: true,
      manifest: sampleManifest({
        schema: many(1000, (index) => ({ name: `column_${index}`, type: 'text', sourceName: `Column ${index}` })),
        rejected: Object.fromEntries(many(500, (index) => [`reason ${index}`, index + 1])),
        warnings: many(500, (index) => `warning ${index}: ${'w'.repeat(300)}`),
      }),
    },
    costs: {
      launches: all.map((launch) => ({
        lane: 'fargate-spot',
        usd: 0.001,
        isWaste: launch.failureType !== undefined,
        isListed: true,
        launch,
      })),
    },
  };
}

const dates = daysBetween(addDays('2026-02-08', -29), '2026-02-08');

/** States of the datasets on the last days of the calendar, the date of the page last. */
const lastStates: Readonly<Record<string, readonly CellState[]>> = {
  clientes: ['delivered', 'delivered', 'delivered', 'delivered'],
  devoluciones: ['notDue', 'notDue', 'delivered', 'notDue'],
  inventario: ['delivered', 'late', 'delivered', 'late'],
  pagos: ['delivered', 'delivered', 'delivered', 'held'],
  precios: ['delivered', 'missing', 'delivered', 'missing'],
  proveedores: ['delivered', 'delivered', 'delivered', 'unknown'],
  tiendas: ['delivered', 'delivered', 'delivered', 'running'],
  ventas: ['failed', 'delivered', 'delivered', 'failed'],
};

/** A night with every state. */
export function nightReport(changes: Partial<NightReport> = {}): NightReport {
  const cells = Object.entries(lastStates).flatMap(([dataset, states], row) =>
    dates.map((day, index) => {
      const state = states[index - dates.length + states.length] ?? ((index + row) % 13 === 5 ? 'failed' : 'delivered');
      const cell = cellOf(state, (row + 1) * 41_000 + index * 900);
      const isLast = index === dates.length - 1;
      const command = `npx etl batch --dataset ${dataset} --date ${day}`;
      return { dataset, day, cell, ...(state === 'missing' && isLast && { command }) };
    }),
  );
  return {
    date: '2026-02-08',
    generatedAt: at(240),
    cells,
    runs: [
      { view: { ...failedReport().view, title: 'ventas 2026-02-08 ventas_norte' } },
      {
        view: sampleView({
          ...{
            title: 'pagos 2026-02-08 pagos',
            outcome: 'held',
            failureType: 'Held',
            reason: 'too many rejects',
            step: 'held',
          },
          next: {
            kind: 'command',
            why: 'Look at the rejected rows or the failed rule',
            command: 'npx etl approve etl/pagos/2026-02-08/pagos',
          },
        }),
      },
      {
        view: sampleView({
          title: 'tiendas 2026-02-08 tiendas',
          outcome: 'running',
          step: 'transform',
          next: { kind: 'wait', for: 'the task to end' },
        }),
      },
      { view: sampleView({ title: 'clientes 2026-02-08 clientes', costUsd: 0.0021 }), rows: 82_000 },
    ],
    days: dates.map((day, index) => ({
      day,
      runs: 8 + (index % 3),
      failed: index % 9 === 4 ? 2 : 0,
      seconds: 700 + ((index * 37) % 200),
    })),
    notes: [],
    ...changes,
  };
}

function cellOf(state: CellState, rows: number): Cell {
  const isDelivered = state === 'delivered' || state === 'failed';
  return {
    ...{ state, isLate: state === 'late', problems: [], running: state === 'running' ? 1 : 0 },
    ...{ files: isDelivered ? 2 : 0, rows: isDelivered ? rows : 0, costUsd: isDelivered ? rows / 4e7 : 0 },
  };
}
