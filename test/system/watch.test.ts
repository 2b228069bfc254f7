import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '@etl/pipeline/manifest';
import { publishedFolder } from '../support/publishedFolder';
import { etl, LocalSystemUnderTest, until } from '../support/system';

const withTemporal = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withTemporal('etl up --watch', () => {
  let folder: string;
  let system: LocalSystemUnderTest;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'etl-watched-'));
    system = await LocalSystemUnderTest.create();
    await system.up('--watch', folder);
  }, 60_000);
  afterAll(async () => {
    await system.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test('a new file becomes a batch of its day once, and its correction replaces the batch', async () => {
    const published = () => publishedFolder(join(system.stateDir, 'lake'), 'ventas') ?? '';
    const manifest = async () => JSON.parse(await readFile(join(published(), '_manifest.json'), 'utf8')) as Manifest;
    const rowsWritten = () =>
      manifest().then(
        ({ totals }) => totals.rowsWritten,
        () => 0,
      );
    await mkdir(join(folder, 'ventas'));
    const path = join(folder, 'ventas', 'ventas_2026-02-08.csv');
    await writeFile(path, 'id,total\n1,10.5\n');
    await writeFile(join(folder, 'ventas', '_SUCCESS'), '');
    await until('the batch', 60, async () => (await rowsWritten()) === 1);
    await writeFile(`${path}.part`, 'id,total\n1,10.5\n2,11\n');
    await rename(`${path}.part`, path);
    await until('its correction', 60, async () => (await rowsWritten()) === 2);
    const runs = await system.withClient(async (client) => {
      const ids: string[] = [];
      for await (const { workflowId } of client.workflow.list()) ids.push(workflowId);
      return ids;
    });
    expect(new Set(runs).size).toBe(2);
    for (const id of runs)
      expect(id).toMatch(/^etl\/ventas\/2026-02-08\/ventas_2026-02-08-[0-9a-f]{12}\/[0-9a-f]{12}$/);
  }, 150_000);
});

test('reports a missing folder immediately', async () => {
  const ended = await etl(['up', '--watch', join(tmpdir(), 'no-such-folder-of-etl')]);
  expect(ended).toMatchObject({ exitCode: 66 });
  expect(ended.stderr).toMatch(/^error: --watch: folder not found: .*\nCreate it, or give another folder\n$/);
});
