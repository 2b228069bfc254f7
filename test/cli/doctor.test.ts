import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { command, root } from '../support/processes';

const folder = mkdtempSync(join(tmpdir(), 'etl-doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('finds the Temporal CLI that etl up has downloaded', async () => {
  const program = join(folder, 'cache', 'etl-orchestrator', 'temporal', 'temporal');
  mkdirSync(dirname(program), { recursive: true });
  writeFileSync(program, '#!/bin/sh\necho temporal version 1.2.3\n', { mode: 0o755 });
  const env = { ETL_STATE_DIR: '', TEMPORAL_ADDRESS: '127.0.0.1:1', PATH: folder, HOME: folder, XDG_STATE_HOME: '' };
  const variables = { ...env, XDG_CACHE_HOME: join(folder, 'cache') };
  const { stdout } = await command(process.execPath, [join(root, 'cli', 'etl.js'), 'doctor'], variables, folder);
  expect(stdout).toContain('ok       Temporal CLI: temporal version 1.2.3\n');
}, 30_000);
