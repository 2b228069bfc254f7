import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { taskLogPath } from '@etl/fargate/state/taskStore';
import { createLocalLogReader } from '../../local/taskLogReader';

const arn = 'arn:aws:ecs:us-east-1:000000000000:task/etl-local/abc';
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'etl-logs-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('reads complete lines, then what is appended, and an incomplete last line at the end', async () => {
  const path = taskLogPath(folder, arn);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'one\ntw');
  const reader = createLocalLogReader(folder);
  const first = await reader.read(arn);
  expect(first).toEqual({ lines: ['one'], next: '4', isEnd: false });
  await appendFile(path, 'o\nthr');
  const second = await reader.read(arn, first?.next);
  expect(second).toEqual({ lines: ['two'], next: '8', isEnd: false });
  expect(await reader.read(arn, '8')).toEqual({ lines: ['thr'], next: '11', isEnd: false });
  expect(await reader.read(arn, '11')).toEqual({ lines: [], next: '11', isEnd: true });
});

test('a task that wrote nothing has no log', async () => {
  expect(await createLocalLogReader(folder).read(arn)).toBeUndefined();
});
