import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canHaveMinistack, findMinistack } from '../../local/ministack/find';
import { hasPython, installedPrograms, installPrograms } from '../../local/python';

const wanted = { name: 'tool', version: '1.0', packages: ['tool==1.0'] };

describe('on a machine with an empty PATH', () => {
  const { PATH, XDG_CACHE_HOME, ETL_TEST_MINISTACK } = process.env;
  const before = { PATH, XDG_CACHE_HOME, ETL_TEST_MINISTACK };
  let folder: string;
  const said: string[] = [];
  const say = (line: string) => void said.push(line);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'etl-python-'));
    Object.assign(process.env, { PATH: '', XDG_CACHE_HOME: folder, ETL_TEST_MINISTACK: '' });
  });
  afterAll(async () => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await rm(folder, { recursive: true, force: true });
  });

  test('there is no Python, and so no ministack', async () => {
    expect(await hasPython(10)).toBe(false);
    expect(await canHaveMinistack()).toBe(false);
    await expect(findMinistack(say)).rejects.toMatchObject({ name: 'PythonError', message: 'python3 is not on PATH' });
    expect(said).toEqual([]);
  });

  test('what was installed before is found, what was broken off is not', async () => {
    const environment = join(folder, 'etl-orchestrator', 'tool-1.0');
    await mkdir(environment, { recursive: true });
    expect(await installedPrograms(wanted)).toBeUndefined();
    await writeFile(join(environment, '.complete'), '');
    expect(await installPrograms(wanted, say)).toBe(join(environment, 'bin'));
    expect(said).toEqual([]);
  });

  test('Python that cannot install says why in one line', async () => {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    const python = '#!/bin/sh\necho "no network" >&2\necho "more" >&2\nexit 1\n';
    await writeFile(join(bin, 'python3'), python, { mode: 0o755 });
    process.env.PATH = `${bin}:/bin`;
    await expect(installPrograms({ ...wanted, version: '2.0' }, say)).rejects.toMatchObject({
      name: 'PythonError',
      message: 'tool 2.0 cannot be installed: no network',
    });
    expect(said).toEqual(['Installing tool 2.0 with Python (once) …']);
  });
});
