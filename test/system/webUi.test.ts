import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../support/processes';

const withBrowser = process.env.ETL_TEST_CHROMIUM && process.env.ETL_TEST_TEMPORAL ? test : test.skip;

withBrowser(
  'a finished run is shown in the Web UI and can be captured',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'etl-picture-'));
    try {
      const picture = join(folder, 'run.png');
      // The script waits for the text of a completed run and fails without it.
      const ended = await command(process.execPath, ['scripts/screenshot.mjs', picture]);
      expect(ended).toMatchObject({ exitCode: 0 });
      const png = await readFile(picture);
      expect(png.subarray(1, 4).toString()).toBe('PNG');
      expect(png.length).toBeGreaterThan(30_000);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  90_000,
);
