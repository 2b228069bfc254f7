import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  announceSystem,
  forgetKilled,
  killedSystems,
  runningSystems,
  useLocalSystem,
} from '../../../local/system/localSystems';

let folder: string;
let said: string[];
let env: Record<string, string | undefined>;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'etl-systems-')));
  said = [];
  env = { XDG_STATE_HOME: join(folder, 'xdg'), XDG_CONFIG_HOME: join(folder, 'config'), HOME: folder };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const folderOf = (name: string): string => {
  mkdirSync(join(folder, name), { recursive: true });
  return join(folder, name);
};
const entries = () => join(folder, 'xdg', 'etl-orchestrator', 'systems');
/** Announces a system of this process for a folder, with a separate port. */
const up = (name: string, port: number) => {
  const stateDir = join(folderOf(name), '.etl');
  mkdirSync(stateDir, { recursive: true });
  const temporal = `127.0.0.1:${port}`;
  const environment = { ETL_STATE_DIR: stateDir, TEMPORAL_ADDRESS: temporal, S3_CLEAN_BUCKET: 's3://lake' };
  return announceSystem({ stateDir, temporal, ui: undefined, ecs: 'http://127.0.0.1:9', environment }, env).withdraw;
};
/** Returns the settings that a command in this folder uses. */
const used = (name: string, set: Record<string, string> = {}) => {
  const own = { ...env, ...set };
  useLocalSystem((line) => said.push(line), own, folderOf(name));
  return { address: own.TEMPORAL_ADDRESS, lake: own.S3_CLEAN_BUCKET };
};

test('changes nothing while no system is running', () => {
  expect(used('elsewhere')).toEqual({ address: undefined, lake: undefined });
});

test('uses the system of the folder without a message', () => {
  up('a', 7401);
  up('b', 7402);
  expect(used('b')).toEqual({ address: '127.0.0.1:7402', lake: 's3://lake' });
  expect(said).toEqual([]);
});

test('elsewhere, uses the only system, with a message', () => {
  up('a', 7401);
  expect(used('elsewhere').address).toBe('127.0.0.1:7401');
  expect(said).toEqual([`Using the local system in ${folder}/a/.etl (Temporal 127.0.0.1:7401)`]);
});

test('requires a choice between several systems', () => {
  up('a', 7401);
  up('b', 7402);
  expect(() => used('elsewhere')).toThrow(/2 local systems are running: .*a\/\.etl.*b\/\.etl/);
  expect(used('elsewhere', { ETL_STATE_DIR: join(folder, 'a', '.etl') }).address).toBe('127.0.0.1:7401');
  expect(used('elsewhere', { TEMPORAL_ADDRESS: 'localhost:7402' }).lake).toBe('s3://lake');
});

test('the environment overrides single variables', () => {
  up('a', 7401);
  expect(used('elsewhere', { TEMPORAL_ADDRESS: 'temporal:7233' })).toEqual({
    address: 'temporal:7233',
    lake: undefined,
  });
  expect(used('a', { S3_CLEAN_BUCKET: 's3://mine' })).toEqual({ address: '127.0.0.1:7401', lake: 's3://mine' });
  expect(used('elsewhere', { ETL_STATE_DIR: join(folder, 'other') }).address).toBeUndefined();
});

test('a folder with its own state does not use another system', () => {
  up('a', 7401);
  mkdirSync(join(folderOf('b'), '.etl'));
  expect(used('b').address).toBeUndefined();
});

test('elsewhere, a server in a profile file takes precedence', () => {
  up('a', 7401);
  mkdirSync(join(folder, 'config', 'temporalio'), { recursive: true });
  writeFileSync(join(folder, 'config', 'temporalio', 'temporal.toml'), '[profile.default]\naddress = "cloud:7233"\n');
  expect(used('elsewhere').address).toBeUndefined();
  expect(used('a').address).toBe('127.0.0.1:7401');
});

test('ignores withdrawn and killed systems', () => {
  const withdraw = up('a', 7401);
  up('b', 7402);
  withdraw();
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const killed = { pid, started: 'long ago', stateDir: '/x', temporal: 'x:1', ecs: 'x', environment: {} };
  writeFileSync(join(entries(), 'killed.json'), JSON.stringify(killed));
  writeFileSync(join(entries(), 'damaged.json'), '{');
  expect(runningSystems(env).map(({ temporal }) => temporal)).toEqual(['127.0.0.1:7402']);
  expect(readdirSync(entries())).toHaveLength(1);
});

test('keeps the entry of a killed system until it is forgotten, or another system starts in its folder', () => {
  const killedIn = (name: string) => {
    mkdirSync(entries(), { recursive: true });
    const stateDir = folderOf(name);
    const killed = { pid: process.pid, started: 'long ago', stateDir, temporal: 'x:1', ecs: 'x', environment: {} };
    writeFileSync(join(entries(), `${name}.json`), JSON.stringify(killed));
    return stateDir;
  };
  const known = () => killedSystems(env).map(({ stateDir }) => stateDir);
  const [one, other] = [killedIn('one'), killedIn('other')];
  expect(runningSystems(env)).toEqual([]);
  expect(known()).toEqual([one, other]);
  forgetKilled(one, env);
  expect(known()).toEqual([other]);
  announceSystem({ stateDir: other, temporal: 'x:2', ui: undefined, ecs: 'x', environment: {} }, env);
  expect(known()).toEqual([]);
});
