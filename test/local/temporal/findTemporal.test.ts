import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findDemoServer, findTemporal } from '../../../local/temporal/findTemporal';

jest.mock('@temporalio/testing', () => ({
  TestWorkflowEnvironment: { createLocal: () => Promise.reject(new Error('no route to the download')) },
}));

const { PATH, XDG_CACHE_HOME } = process.env;
let folder: string;
const lines: string[] = [];
const say = (line: string) => lines.push(line);

function program(...names: string[]): string {
  const path = join(folder, ...names);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, '#!/bin/sh\nexit 1\n');
  chmodSync(path, 0o755);
  return path;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etl-find-'));
  process.env.PATH = join(folder, 'bin');
  process.env.XDG_CACHE_HOME = join(folder, 'cache');
  lines.length = 0;
});
afterEach(() => {
  Object.assign(process.env, { PATH, XDG_CACHE_HOME });
  if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
  rmSync(folder, { recursive: true });
});

test('takes the server on PATH, then the cached one, without a download', async () => {
  const cached = program('cache', 'etl-orchestrator', 'temporal', 'temporal-cli');
  expect(await findTemporal(say)).toBe(cached);
  const onPath = program('bin', 'temporal');
  expect(await findDemoServer(say)).toEqual({ exe: onPath, kind: 'server' });
  expect(lines).toEqual([]);
});

test('a demo uses the test server before Go builds one', async () => {
  program('bin', 'java');
  const exe = program('cache', 'etl-orchestrator', 'test-server', 'start-1.38.0');
  program('bin', 'mvn');
  expect(await findDemoServer(say)).toEqual({ exe, kind: 'testServer' });
  expect(lines).toEqual([expect.stringMatching(/^Downloading/), expect.stringMatching(/^Fetching .* with Maven/)]);
});

test('without any way, names the reason of each', async () => {
  const error = /^no Temporal server program: download: no route to the download; go install: .*go/;
  await expect(findTemporal(say)).rejects.toThrow(error);
  await expect(findDemoServer(say)).rejects.toThrow(error);
});
