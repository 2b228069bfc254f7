import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AttributeName,
  attributeNames,
  attributesOfBatch,
  searchAttributes,
} from '@etl/pipeline/searchAttributes';
import type { EtlActivities } from '../../activities/contract';
import { registerAttributes, typeName } from '../../config/searchAttributes';
import { delivered, exited, failureOf, fakeActivities, until } from '../support/fakeActivities';
import { Rig } from '../support/rig';
import { samplePlan } from '../support/samplePlan';
import { world } from './nightlyBatch/support';

const document = readFileSync(join(__dirname, '..', '..', 'docs', 'web-ui.md'), 'utf8');

/** Rows of a table of the document below a heading, as lists of cells. */
function rowsBelow(heading: string): string[][] {
  const section = document.split(`## ${heading}\n`)[1]?.split('\n#')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((row) => row.slice(2, -2).split(' | '));
}

const unquoted = (cell = ''): string => cell.replace(/^`|`$/g, '');

describe('docs/web-ui.md', () => {
  test('lists every search attribute with its type and question', () => {
    const rows = attributeNames.map((name) => [`\`${name}\``, typeName(name), searchAttributes[name].question]);
    expect(rowsBelow('Search attributes')).toEqual(rows);
  });

  test('has the commands that register all attributes', () => {
    const commands = [...document.matchAll(/search-attribute create (.*) --type (\w+)/g)];
    const named = commands.flatMap(([, names = '', type]) =>
      [...names.matchAll(/--name (\w+)/g)].map(([, name]) => [name, type]),
    );
    expect(named).toEqual(attributeNames.map((name: AttributeName) => [name, typeName(name)]));
  });
});

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withServer('the saved views of docs/web-ui.md', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.startReal();
    await registerAttributes(rig.env.connection, 'default');
    await startAll();
  }, 120_000);
  afterAll(() => rig.stop(), 60_000);

  const id = (source: string, batchDate = '2026-02-08') => `etl/ventas/${batchDate}/${source}`;

  /** Starts a pipeline of the dataset `ventas` with these activities, and waits for its end unless it stays open. */
  async function pipeline(source: string, changes: Partial<EtlActivities> & { date?: string; open?: true } = {}) {
    const { date = '2026-02-08', open, ...activities } = changes;
    const batch = { dataset: 'ventas', batchDate: date, source };
    const plan = samplePlan({ batch, owner: 'sales', options: { rejects: { maxShare: 0.1, level: 'hold' } } });
    const registered = { registeredAttributes: async () => attributeNames };
    const fakes = fakeActivities({ validateInput: async () => ({ valid: true, plan }), ...registered, ...activities });
    await rig.with(fakes.activities, async (start) => {
      const handle = await start(undefined, id(source, date), { attributes: attributesOfBatch(batch) });
      if (open) return until(async () => (await handle.query<{ step: string }>('status')).step === 'held');
      await handle.result().catch(() => undefined);
    });
  }

  async function batch(files: readonly string[], changes: Partial<EtlActivities> = {}) {
    const of = world(rig, { '2026-02-08': files });
    const activities = { ...of.activities, registeredAttributes: async () => attributeNames, ...changes };
    rig.adopt(`etl/${of.dataset}/`, activities);
    await rig.with(activities, async (start) => {
      const handle = await start({}, `night-${files.length}`, { type: 'nightlyBatch' });
      await handle.result().catch(() => undefined);
    });
  }

  async function startAll(): Promise<void> {
    await pipeline('norte');
    await pipeline('norte', { date: '2026-01-31' });
    await pipeline('bad', { awaitTask: async ({ taskArn }) => exited(taskArn, 65) });
    await pipeline('held', { awaitTask: async ({ taskArn }) => exited(taskArn, 76), open: true });
    const nothing = { ...delivered, totals: { ...delivered.totals, rowsWritten: 0 } };
    await pipeline('empty', { confirmCommit: async () => nothing });
    const size = { cpu: 16_384, memoryMiB: 122_880 };
    const times = { size, startedAt: 0, stoppedAt: 10 * 3_600_000 };
    await pipeline('dear', { awaitTask: async ({ taskArn }) => ({ ...exited(taskArn, 0), ...times }) });
    await batch([]);
    await batch(['a.csv'], { confirmCommit: async () => ({ kind: 'superseded', by: 'another run' }) });
    const { client } = rig.env;
    const terminated = await client.workflow.start('etlPipeline', { workflowId: 'terminated', taskQueue: 'nobody' });
    await terminated.terminate();
    const orphans = [
      { taskArn: 'arn:task/1', lastStatus: 'RUNNING', workflowId: 'gone', runId: 'r', workflow: 'terminated' as const },
    ];
    const found = fakeActivities({
      registeredAttributes: async () => attributeNames,
      findOrphans: async () => ({ examined: 1, orphans, unknown: [] }),
    });
    await rig.with(found.activities, async (start) => {
      await (await start({}, 'reaper', { type: 'reapTasks' })).result();
    });
  }

  const badFile = 'etl/set2/2026-02-08/a';
  const expected: Readonly<Record<string, readonly string[]>> = {
    'Which files of this day failed?': [id('bad'), badFile],
    'Which files of this month failed?': [id('bad'), badFile],
    'Which runs wait for an approval?': [id('held')],
    'Which failures does my team have to look at?': [id('bad')],
    'What else failed for this reason?': [id('bad')],
    'How did this file end on all days?': [id('norte'), id('norte', '2026-01-31')],
    'Which runs of this dataset are open?': [id('held')],
    'The same on a server without search attributes': [id('held')],
    'Which batches found no file?': ['night-0'],
    'Which batches did not deliver everything?': ['night-1'],
    'Which deliveries were empty?': [id('empty')],
    'Which runs cost more than a dollar?': [id('dear')],
    'Which runs ended without an alert?': ['terminated'],
    'When did the reaper find tasks of ended workflows?': ['reaper'],
  };

  test.each(rowsBelow('Saved views').map(([question = '', query]) => [question, unquoted(query)]))(
    '%s',
    async (question, query) => {
      const wanted = [...(expected[question] ?? [])].sort();
      const find = async () => {
        const ids: string[] = [];
        for await (const { workflowId } of rig.env.client.workflow.list({ query })) ids.push(workflowId);
        return ids.sort();
      };
      let found: string[] = [];
      // Visibility follows a run after some milliseconds.
      await until(async () => {
        found = await find();
        return JSON.stringify(found) === JSON.stringify(wanted);
      }).catch(() => undefined);
      expect(found).toEqual(wanted);
    },
    20_000,
  );

  test('an approved run no longer waits for an approval', async () => {
    await pipeline('approved', { awaitTask: async ({ taskArn }) => exited(taskArn, 76), open: true });
    const handle = rig.env.client.workflow.getHandle(id('approved'));
    const outcome = async () => (await handle.describe()).searchAttributes.EtlOutcome?.[0];
    await until(async () => (await outcome()) === 'held');
    await handle.executeUpdate('approve', { args: [{ approved: false, by: 'ana' }] });
    expect(await failureOf(handle)).toMatchObject({ type: 'NotApproved' });
    expect(await outcome()).toBe('failed');
  });
});
