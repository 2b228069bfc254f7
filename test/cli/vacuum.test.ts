import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import { parseUri } from '@etl/lib/uri';
import { type BatchLayout, layout } from '@etl/pipeline/layout';
import { createFileStore } from '@etl/storage/fileStore';
import { publish } from '@etl/storage/publish';
import { prepare } from '../storage/support/batches';
import { memoryFolder } from '../support/memoryFolder';
import { command, root } from '../support/processes';

const folder = mkdtempSync(join(memoryFolder(), 'etl-vacuum-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const lake = join(folder, '.etl', 'lake');
const store = createFileStore();

const placeOf = (source: string): BatchLayout =>
  layout(fileUri(lake), { dataset: 'ventas', batchDate: '2026-02-08', source });
const pathOf = (uri: string): string => {
  const location = parseUri(uri);
  return location?.kind === 'file' ? location.path : '';
};

/** Two commits of a batch, without the work of their runs. */
async function committedTwice(source: string): Promise<BatchLayout> {
  const place = placeOf(source);
  for (const [index, name] of ['first', 'second'].entries())
    await publish(store, place, await prepare(store, place, { name, startedAt: index, parts: 2 }));
  rmSync(pathOf(place.works), { recursive: true });
  return place;
}

const vacuum = async (...args: string[]) => {
  const env = { ETL_STATE_DIR: '', ETL_KEEP_COMMITS_DAYS: '0', HOME: folder, XDG_STATE_HOME: '' };
  const ended = await command(process.execPath, [join(root, 'cli', 'etl.js'), 'vacuum', ...args], env, folder);
  return ended;
};

test('lists and removes what batches no longer need, whatever else is wrong in the lake', async () => {
  const place = await committedTwice('norte');
  const damaged = await committedTwice('sur');
  writeFileSync(join(pathOf(damaged.commits), '000002.json'), 'half');
  const notes = join(pathOf(place.commitFolders), 'notes.txt');
  writeFileSync(notes, 'keep');

  const dry = await vacuum('--dry-run');
  expect(dry.exitCode).toBe(1);
  expect(dry.stdout).toMatch(/\/norte\/first-[0-9a-f]{12}: 128 B, 2 objects, replaced \S+Z\nleft alone: 1 object that/);
  expect(dry.stdout).toMatch(
    /2 batches below file:\S+: 1 folder, 128 B would be removed\nRemove them with: \S.* vacuum\n/,
  );
  expect(dry.stdout).toMatch(/Problem: ventas\/2026-02-08\/sur: file:\S+000002.json: is not a manifest/);
  expect(readdirSync(pathOf(place.commitFolders))).toHaveLength(3);

  const ended = await vacuum('--json');
  expect({ exitCode: ended.exitCode, ...JSON.parse(ended.stdout) }).toMatchObject({
    ...{ exitCode: 1, dryRun: false, days: 0, batches: 2, bytes: 128, foreign: 1 },
    folders: [{ reason: 'replaced', bytes: 128, objects: 2 }],
    removed: { folders: 1, bytes: 128 },
    problems: [expect.stringContaining('sur')],
  });
  expect(readdirSync(pathOf(place.commitFolders)).sort()).toEqual(['notes.txt', expect.stringMatching(/^second-/)]);
  expect(readdirSync(pathOf(damaged.commitFolders))).toHaveLength(2);
  expect(existsSync(notes)).toBe(true);
});

test('keeps replaced commits for the retention', async () => {
  const place = await committedTwice('este');
  expect(await vacuum('--older-than', '7', '--dataset', 'ventas')).toMatchObject({
    stdout: expect.stringContaining('Removed 0 folders'),
  });
  expect(readdirSync(pathOf(place.commitFolders))).toHaveLength(2);
});

test('rejects a dataset that is neither declared nor has batches', async () => {
  expect(await vacuum('--dataset', 'nosuch')).toMatchObject({
    exitCode: 66,
    stdout: '',
    stderr: expect.stringMatching(/^error: dataset nosuch is not declared, and has no batches below file:\S+lake\n/),
  });
});
