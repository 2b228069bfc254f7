import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeStateFolder } from '../../local/places';

const modeOf = (path: string) => statSync(path).mode & 0o777;
let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'etl-places-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

test('creates the state folder and its parents with access for the owner only', () => {
  const stateDir = join(parent, '.etl', 'demo');
  makeStateFolder(stateDir);
  expect([modeOf(join(parent, '.etl')), modeOf(stateDir)]).toEqual([0o700, 0o700]);
});

test('removes access for others from an existing state folder', () => {
  const stateDir = join(parent, '.etl');
  mkdirSync(stateDir);
  chmodSync(stateDir, 0o755);
  makeStateFolder(stateDir);
  expect(modeOf(stateDir)).toBe(0o700);
});
