import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { etl } from '../../support/system';

test('without Docker and Python, the error of etl compare names both and the command for the interpreter', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'etl-needs-'));
  try {
    const { exitCode, stderr } = await etl(['compare', 'samples/ventas.csv', '--date', '2026-02-08'], {
      PATH: folder,
      XDG_CACHE_HOME: folder,
      ETL_STATE_DIR: folder,
    });
    expect(exitCode).toBe(69);
    expect(stderr.split('\n').filter(Boolean)).toEqual([
      expect.stringMatching(/lacks Docker, running \(https:.*\) and Python 3\.10 or later with venv \(https:/),
      expect.stringContaining('npx etl compare samples/ventas.csv --date 2026-02-08 --interpreter local'),
    ]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
