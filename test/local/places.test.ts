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

test('creates the state folder for its owner alone, with the folders above it', () => {
  const stateDir = join(parent, '.etl', 'demo');
  makeStateFolder(stateDir);
  expect([modeOf(join(parent, '.etl')), modeOf(stateDir)]).toEqual([0o700, 0o700]);
});

test('closes a state folder that others can read', () => {
  const stateDir = join(parent, '.etl');
  mkdirSync(stateDir);
  chmodSync(stateDir, 0o755);
  makeStateFolder(stateDir);
  expect(modeOf(stateDir)).toBe(0o700);
});
