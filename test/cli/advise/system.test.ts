import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import { announceSystem } from '../../../local/system/localSystems';
import { etlInProcess } from '../../support/etlInProcess';

/** A folder beside that of the only running system. */
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'etl-advise-system-')));
const lake = fileUri(join(folder, 'lake'));
const own = { HOME: folder, XDG_STATE_HOME: join(folder, 'xdg'), XDG_CONFIG_HOME: join(folder, 'config') };
const unset = { ETL_STATE_DIR: undefined, TEMPORAL_ADDRESS: undefined, S3_CLEAN_BUCKET: undefined };
const before = process.cwd();
beforeAll(() => {
  mkdirSync(join(folder, 'elsewhere', 'datasets'), { recursive: true });
  process.chdir(join(folder, 'elsewhere'));
  const stateDir = join(folder, 'system', '.etl');
  const [temporal, ecs] = ['127.0.0.1:7401', 'http://127.0.0.1:9'];
  announceSystem({ stateDir, temporal, ui: undefined, ecs, environment: { S3_CLEAN_BUCKET: lake } }, own);
  mkdirSync(stateDir, { recursive: true });
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

const using = `Using the local system in ${join(folder, 'system', '.etl')} (Temporal 127.0.0.1:7401)\n`;

test('the history is that of the running system', async () => {
  expect(await etlInProcess(['advise', '--from-history'], { ...own, ...unset })).toMatchObject({
    exitCode: 66,
    stderr: expect.stringMatching(new RegExp(`\\nerror: no batch from \\S+ to \\S+ below ${lake}\\n`)),
  });
  expect((await etlInProcess(['dataset', 'diff'], { ...own, ...unset })).stderr).toBe(using);
});

test('a comparison needs no system', async () => {
  expect((await etlInProcess(['advise', '--minutes', '30'], { ...own, ...unset })).stderr).toBe('');
});
