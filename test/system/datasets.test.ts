import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { addDays } from '@etl/lib/timeZones';
import { taskQueues, workflowTypes } from '@etl/pipeline/definition';
import type { Manifest } from '@etl/pipeline/manifest';
import type { reportObject } from '../../step-functions/compare/report';
import { publishedFolder } from '../support/publishedFolder';
import { etl, etlProcess, LocalSystemUnderTest, until } from '../support/system';
import { thorough } from '../support/thorough';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

/** Datasets of different shape, each with the bytes of a file and the types and rows that its declaration yields. */
const datasets = {
  ventas: {
    declaration: `
source: { pattern: "in/*/ventas_{date}.csv" }
dialect: { delimiter: ";", encoding: windows-1252 }
columns:
  id: { type: integer, required: true, description: Number of the sale }
  fecha: { type: date, format: dd/MM/yyyy }
  importe: { type: "decimal(12,2)", decimal: ",", thousands: "." }
  tienda: text
schedule: { at: "02:30" }
`,
    content: Buffer.from(
      'ID;Fecha;Importe;Tienda\n1;05/02/2026;1.234,50;Málaga\n2;06/02/2026;-0,5;Logroño\n',
      'latin1',
    ),
    types: ['integer', 'date', 'decimal(12,2)', 'text'],
    totals: { rowsRead: 2, rowsWritten: 2, rowsBlank: 0, rowsRejected: 0, datesCoerced: 0 },
  },
  ledger: {
    declaration: `
source: { pattern: "in/*/ledger_{date}.csv" }
dialect: { skipLines: 1, footer: { prefix: TOTAL } }
rejects: { maxRows: 1, maxShare: 0.5 }
columns:
  entry: int32
  booked: { type: date, format: MM/dd/yyyy }
  amount: { type: "decimal(18,4)", thousands: "," }
  approved: { type: boolean, trueValues: ["yes"], falseValues: ["no"] }
schedule: { at: "02:30" }
`,
    content: Buffer.from(
      'General ledger\nEntry,Booked,Amount,Approved\n1,02/07/2026,"1,250.0001",yes\n2,02/07/2026,-3.5,no\n3,02/07/2026,1,maybe\nTOTAL,,"1,246.5001",\n',
    ),
    types: ['int32', 'date', 'decimal(18,4)', 'boolean'],
    totals: { rowsRead: 3, rowsWritten: 2, rowsBlank: 0, rowsRejected: 1, datesCoerced: 0 },
  },
  sensors: {
    declaration: `
source: { pattern: "in/*/sensors_{date}.csv.gz" }
columns:
  at: { type: timestamptz, format: "yyyy-MM-dd HH:mm", timeZone: Europe/Madrid }
  celsius: { type: double, nullValues: ["-"] }
  raw: json
quality: { rowCount: { min: 2 } }
schedule: { at: "02:30" }
`,
    content: gzipSync('at,celsius,raw\n2026-03-29 01:59,-,"{""v"":1}"\n2026-03-29 03:00,21.5,[]\n'),
    types: ['timestamptz', 'double', 'json'],
    totals: { rowsRead: 2, rowsWritten: 2, rowsBlank: 0, rowsRejected: 0, datesCoerced: 0 },
  },
} as const;

type Name = keyof typeof datasets;
const names = Object.keys(datasets) as Name[];
const days = { intake: '2026-02-01', batch: '2026-02-02', workflow: '2026-02-03', twin: '2026-02-04' } as const;

withServer('three declared datasets', () => {
  let system: LocalSystemUnderTest;
  const run = (...args: string[]) => etl(args, system.env);

  function file(name: Name, way: string, day: string): string {
    const extension = name === 'sensors' ? 'csv.gz' : 'csv';
    return join(system.folder, 'in', way, `${name}_${day}.${extension}`);
  }
  function land(way: string, day: string): void {
    for (const name of names) writeFileSync(file(name, way, day), datasets[name].content);
  }

  beforeAll(async () => {
    system = await LocalSystemUnderTest.create({ ETL_LIGHT_LANE: 'auto' });
    mkdirSync(join(system.folder, 'datasets'));
    for (const name of names)
      writeFileSync(join(system.folder, 'datasets', `${name}.yaml`), datasets[name].declaration);
    for (const way of ['intake', 'batch', 'workflow', 'twin', 'schedule'])
      mkdirSync(join(system.folder, 'in', way), { recursive: true });
    await system.up('--watch', join(system.folder, 'in', 'intake'));
  }, 60_000);
  afterAll(() => system.remove());

  /** Waits until a day is published, and returns its manifest. */
  async function delivered(name: Name, day: string): Promise<Manifest> {
    const published = await until(`${name} of ${day}`, 60, () =>
      publishedFolder(join(system.stateDir, 'lake'), name, day),
    );
    return JSON.parse(readFileSync(join(published, '_manifest.json'), 'utf8')) as Manifest;
  }

  /** Returns the manifests of both engines, which agree. */
  async function compare(name: Name): Promise<Manifest[]> {
    const ended = await etlProcess(
      ['compare', file(name, 'twin', days.twin), '--date', days.twin, '--interpreter', 'local', '--json'],
      { ETL_STATE_DIR: system.stateDir, ETL_TIME_SCALE: '0.02' },
    );
    const report = JSON.parse(ended.stdout) as ReturnType<typeof reportObject>;
    expect(report).toMatchObject({ agree: true });
    return report.sides.map(({ manifest }) => manifest as Manifest);
  }

  test('are delivered with equal bytes by the intake, a batch, a schedule, a workflow and the state machine', async () => {
    land('intake', days.intake);

    land('batch', days.batch);
    for (const name of names)
      expect(await run('batch', '--dataset', name, '--date', days.batch)).toMatchObject({ exitCode: 0 });

    land('workflow', days.workflow);
    await system.withClient(async (client) => {
      const runs = names.map((name) =>
        client.workflow.execute(workflowTypes.pipeline, {
          workflowId: `by-hand-${name}`,
          taskQueue: taskQueues.main,
          // A key in the raw bucket, which is the folder of the local system.
          args: [
            {
              detail: {
                s3Key: relative(system.folder, file(name, 'workflow', days.workflow)),
                batchDate: days.workflow,
              },
            },
          ],
        }),
      );
      await Promise.all(runs);
    });

    // The trigger may happen after midnight.
    const today = new Date().toISOString().slice(0, 10);
    for (const day of [today, addDays(today, 1)]) land('schedule', day);
    expect(await run('dataset', 'apply')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('3 created'),
    });
    const scheduled = new Map<Name, string>();
    for (const name of names) {
      const triggered = await run('schedule', 'trigger', name, '--json');
      scheduled.set(name, (JSON.parse(triggered.stdout) as { batchDate: string }).batchDate);
    }

    land('twin', days.twin);
    // A comparison starts systems of its own.
    const compared: readonly Name[] = thorough ? names : ['ledger'];
    for (const name of names) {
      const expected = { types: datasets[name].types, totals: datasets[name].totals };
      const sides = compared.includes(name) ? await compare(name) : [];
      const manifests = [
        await delivered(name, days.intake),
        await delivered(name, days.batch),
        await delivered(name, days.workflow),
        await delivered(name, scheduled.get(name) ?? ''),
        ...sides,
      ];
      for (const { schema, totals } of manifests)
        expect({ types: schema.map(({ type }) => type), totals }).toEqual(expected);
      const bytes = manifests.map(({ parts }) => parts.map(({ sha256 }) => sha256).join());
      expect(new Set(bytes).size).toBe(1);
      expect(new Set(manifests.map(({ declaration }) => declaration)).size).toBe(1);
      expect(manifests[0]?.declaration).toMatch(/^[0-9a-f]{16}$/);
    }
  }, 240_000);

  test('a changed declaration applies to the next run, and a broken one fails it without touching what is published', async () => {
    const before = await delivered('ledger', days.batch);
    const path = join(system.folder, 'datasets', 'ledger.yaml');
    writeFileSync(path, datasets.ledger.declaration.replace('entry: int32', 'entry: text'));
    const again = await run('batch', '--dataset', 'ledger', '--date', days.batch);
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('1 delivered') });
    const after = await delivered('ledger', days.batch);
    expect([after.schema[0]?.type, after.declaration === before.declaration]).toEqual(['text', false]);

    writeFileSync(path, datasets.ledger.declaration.replace('entry: int32', 'entry: int33'));
    const failed = await run('run', file('ledger', 'batch', days.batch), '--date', days.batch);
    expect(failed.exitCode).toBe(78);
    expect(failed.stdout).toContain('ledger.yaml:6:3: columns.entry: "int33" is not a type: expected text, integer');
    expect(await delivered('ledger', days.batch)).toEqual(after);
    writeFileSync(path, datasets.ledger.declaration);
  }, 120_000);
});
