import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../../local/lockFile';

describe('a lock', () => {
  let folder: string;
  const file = () => join(folder, 'lock');
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'etl-lock-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('lets one in at a time', async () => {
    let inside = 0;
    const work = async () => {
      inside++;
      await sleep(30);
      return inside--;
    };
    expect(await Promise.all([1, 2, 3].map(() => withLock(file(), work)))).toEqual([1, 1, 1]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('is free again after work that failed', async () => {
    await expect(withLock(file(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(file(), async () => 'yes')).toBe('yes');
  });

  test('of a process that is gone does not count', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await writeFile(file(), String(pid));
    expect(await withLock(file(), async () => 'in')).toBe('in');
  });

  test('is not waited for any longer than somebody wants', async () => {
    await writeFile(file(), String(process.pid));
    const waited = new AbortController();
    const onWait = jest.fn(() => waited.abort());
    const work = jest.fn(async () => undefined);
    await expect(withLock(file(), work, { onWait, signal: waited.signal })).rejects.toThrow(/aborted/);
    expect(onWait).toHaveBeenCalledTimes(1);
    expect(work).not.toHaveBeenCalled();
  });
});
