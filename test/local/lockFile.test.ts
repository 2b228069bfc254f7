import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify } from '@etl/lib/processIdentity';
import { tryLock, withLock } from '../../local/lockFile';

describe('a lock', () => {
  let folder: string;
  const file = () => join(folder, 'lock');
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'etl-lock-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('admits one holder at a time', async () => {
    let inside = 0;
    const work = async () => {
      inside++;
      await sleep(30);
      return inside--;
    };
    expect(await Promise.all([1, 2, 3].map(() => withLock(file(), work)))).toEqual([1, 1, 1]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('is released after work that failed', async () => {
    await expect(withLock(file(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(file(), async () => 'yes')).toBe('yes');
  });

  const self = identify(process.pid) ?? { pid: process.pid, started: '' };
  const held = (holder: object) =>
    writeFile(`${file()}.1`, JSON.stringify({ ...self, since: '2026-02-08T00:00:00Z', facts: {}, ...holder }));

  test('is ignored when its process has exited', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await held({ pid });
    expect(await withLock(file(), async () => 'in')).toBe('in');
    expect(await readdir(folder)).toEqual([]);
  });

  test('is ignored when its PID belongs to another process', async () => {
    await held({ started: 'another boot:1' });
    expect(await withLock(file(), async () => 'in')).toBe('in');
  });

  test('names its holder', async () => {
    const first = await tryLock(file(), { address: '127.0.0.1:7233' });
    expect(await tryLock(file(), {})).toMatchObject({
      holder: { pid: process.pid, since: expect.any(String), facts: { address: '127.0.0.1:7233' } },
    });
    if ('release' in first) await first.release();
    expect(await tryLock(file(), {})).toHaveProperty('release');
  });

  test('that is stale is acquired by exactly one of many', async () => {
    await held({ started: 'another boot:1' });
    const locks = await Promise.all(Array.from({ length: 20 }, () => tryLock(file(), {})));
    expect(locks.filter((lock) => 'release' in lock)).toHaveLength(1);
  });

  test('stops waiting when the caller aborts', async () => {
    await held({});
    const waited = new AbortController();
    const onWait = jest.fn(() => waited.abort());
    const work = jest.fn(async () => undefined);
    await expect(withLock(file(), work, { onWait, signal: waited.signal })).rejects.toThrow(/aborted/);
    expect(onWait).toHaveBeenCalledTimes(1);
    expect(work).not.toHaveBeenCalled();
  });
});
