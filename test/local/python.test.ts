import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMinistack, isMinistackAvailable } from '../../local/ministack/find';
import { hasPython, installedPrograms, installPrograms } from '../../local/python';
import { root } from '../support/processes';

const wanted = { name: 'tool', version: '1.0', requirements: ['moto.txt'] };

describe('on a machine with an empty PATH', () => {
  const { PATH, XDG_CACHE_HOME } = process.env;
  const before = { PATH, XDG_CACHE_HOME };
  let folder: string;
  const said: string[] = [];
  const say = (line: string) => void said.push(line);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'etl-python-'));
    Object.assign(process.env, { PATH: '', XDG_CACHE_HOME: folder });
  });
  afterAll(async () => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await rm(folder, { recursive: true, force: true });
  });

  test('neither Python nor ministack is available', async () => {
    expect(await hasPython(10)).toBe(false);
    expect(await isMinistackAvailable()).toBe(false);
    await expect(findMinistack(say)).rejects.toMatchObject({ name: 'PythonError', message: 'python3 is not on PATH' });
    expect(said).toEqual([]);
  });

  test('finds an earlier installation but not an interrupted one', async () => {
    const environment = join(folder, 'etl-orchestrator', 'tool-1.0');
    await mkdir(join(environment, 'bin'), { recursive: true });
    await writeFile(join(environment, 'bin', 'python'), '#!/bin/sh\n', { mode: 0o755 });
    expect(await installedPrograms(wanted)).toBeUndefined();
    await writeFile(join(environment, '.complete'), '');
    expect(await installPrograms(wanted, say)).toBe(join(environment, 'bin'));
    expect(said).toEqual([]);
  });

  test('ignores an installation whose Python is gone', async () => {
    const environment = join(folder, 'etl-orchestrator', 'gone-1.0');
    await mkdir(join(environment, 'bin'), { recursive: true });
    await symlink(join(folder, 'no-python'), join(environment, 'bin', 'python'));
    await writeFile(join(environment, '.complete'), '');
    expect(await installedPrograms({ ...wanted, name: 'gone' })).toBeUndefined();
  });

  test('reports in one line why Python cannot install', async () => {
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

  test('installs once for two simultaneous callers', async () => {
    // The minimal stand-in: an environment is a folder with a Python in it.
    const python = `#!/bin/sh
case "$2" in
  venv) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  pip) sleep 0.5 && echo "$@" >> "\${0%/bin/python}/installed" ;;
esac
`;
    await writeFile(join(folder, 'bin', 'python3'), python, { mode: 0o755 });
    process.env.PATH = `${join(folder, 'bin')}:/bin:/usr/bin`;
    said.length = 0;
    const third = { ...wanted, version: '3.0' };
    const cache = join(folder, 'etl-orchestrator');
    const [one, other] = await Promise.all([installPrograms(third, say), installPrograms(third, say)]);
    expect([one, other]).toEqual([join(cache, 'tool-3.0', 'bin'), join(cache, 'tool-3.0', 'bin')]);
    const file = join(root, 'local', 'requirements', 'moto.txt');
    expect(await readFile(join(cache, 'tool-3.0', 'installed'), 'utf8')).toBe(
      `-m pip install --quiet --require-hashes --no-deps --no-build-isolation -r ${file}\n`,
    );
    // Either caller may write first.
    expect([...said].sort()).toEqual([
      'Installing tool 3.0 with Python (once) …',
      expect.stringContaining('Waiting for another process that installs tool 3.0'),
    ]);
    expect((await readdir(cache)).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });
});
