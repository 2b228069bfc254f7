import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import type { RealTask } from '../support/realTasks';
import type { SentMessages } from './messages';
import { sha256Of } from './sources';
import { problemsOf } from './verify';
import type { Walked } from './walk';

let destination: string;
let hashes: { first: string; second: string };

beforeEach(async () => {
  destination = await mkdtemp(join(tmpdir(), 'etl-verify-'));
  const hash = async (content: string) => {
    await writeFile(join(destination, '.part'), content);
    return sha256Of(join(destination, '.part'));
  };
  hashes = { first: await hash('first'), second: await hash('second') };
});
afterEach(() => rm(destination, { recursive: true, force: true }));

const task = (changes: Partial<RealTask> = {}, exitCode = 0): RealTask => ({
  arn: 'task/1',
  workflowId: 'w',
  runId: 'r',
  generation: 1,
  fingerprint: 'one',
  createdAt: 0,
  isStuck: false,
  spot: false,
  size: { cpu: 256, memoryMiB: 512 },
  end: { at: 1000, containers: [{ name: 'etl', exitCode }] },
  ...changes,
});

const run = (changes: Partial<Walked> = {}): Walked => ({
  workflowId: 'w',
  runId: 'r',
  kind: 'replaced',
  dataset: 'd',
  batchDate: '2026-02-08',
  source: {
    path: '/in.csv',
    contents: new Map([
      ['one', new Map([['part-00001.parquet', hashes.first]])],
      ['other', new Map([['part-00001.parquet', hashes.second]])],
    ]),
  },
  status: 'COMPLETED',
  launches: [{ taskArn: 'task/1', exitCode: 0 }],
  ...changes,
});

const failed = (failureType: string, exitCode: number, changes: Partial<Walked> = {}): Walked =>
  run({ status: 'FAILED', failureType, launches: [{ taskArn: 'task/1', exitCode }], ...changes });

/** Publishes a part, and one commit per fingerprint. */
async function deliver(content: string, ...fingerprints: readonly string[]): Promise<void> {
  const commits = join(destination, '_etl', 'd', '2026-02-08', 's', 'commits');
  const published = join(destination, 'd', 'batch_date=2026-02-08', 'source=s');
  await Promise.all([commits, published].map((folder) => mkdir(folder, { recursive: true })));
  for (const [index, fingerprint] of fingerprints.entries()) {
    const totals = { rowsRead: 1, rowsWritten: 1, rowsBlank: 0, rowsRejected: 0 };
    const manifest = { source: { fingerprint }, totals, parts: [{}] };
    await writeFile(join(commits, `00000${index + 1}.json`), JSON.stringify(manifest));
  }
  await writeFile(join(published, 'part-00001.parquet'), content);
  await writeFile(join(published, '_SUCCESS'), '');
}

const success: SentMessages = { letters: [], outcomes: ['success'] };
const failure = (type: string): SentMessages => ({ letters: [type], outcomes: ['failure'] });
const problems = async (walked: Walked, tasks: readonly RealTask[], sent: SentMessages): Promise<string> =>
  (await problemsOf(walked, { tasks, destination: fileUri(destination), sent })).join('\n');

describe('a delivery', () => {
  it('of the validated content has no problem', async () => {
    await deliver('first', 'one');
    expect(await problems(run(), [task()], success)).toBe('');
  });

  it.each([
    ['no commit', 'first', [], /completed with 0 commits/],
    ['two commits', 'first', ['one', 'one'], /completed with 2 commits/],
    ['content that was not validated', 'second', ['other'], /content other was delivered, and another one was valid/],
    ['a mixture of contents', 'second', ['one'], /part-00001\.parquet has other bytes/],
    ['an unknown content', 'third', ['third'], /content third was delivered, which cannot be/],
  ])('is reported with %s', async (_what, content, fingerprints, problem) => {
    await deliver(content, ...fingerprints);
    expect(await problems(run(), [task()], success)).toMatch(problem);
  });

  it('ignores the draft of a commit, which a killed container may leave', async () => {
    await deliver('first', 'one');
    const commits = join(destination, '_etl', 'd', '2026-02-08', 's', 'commits');
    await writeFile(join(commits, '.draft-1-2-3'), '');
    expect(await problems(run(), [task()], success)).toBe('');
  });

  it('is reported for a failed run', async () => {
    await deliver('first', 'one');
    const walked = failed('TaskKilled', 137);
    expect(await problems(walked, [task({}, 137)], failure('TaskKilled'))).toMatch(/its batch is published/);
  });

  it('is reported for a failed run with a commit, unless a task may have been killed before its projection', async () => {
    await deliver('first', 'one');
    await rm(join(destination, 'd', 'batch_date=2026-02-08', 'source=s', '_SUCCESS'));
    const walked = failed('TaskKilled', 137);
    expect(await problems(walked, [task({}, 0)], failure('TaskKilled'))).toMatch(/its batch is committed/);
    expect(await problems(walked, [task({}, 137)], failure('TaskKilled'))).not.toMatch(/its batch is committed/);
  });

  it('is reported for a run without the permission to launch', async () => {
    await deliver('first', 'one');
    expect(await problems(run({ kind: 'denied' }), [task()], success)).toMatch(/a run of kind denied was delivered/);
  });
});

describe('a failure', () => {
  it.each<[string, Walked['kind'], number]>([
    ['SourceChanged', 'replaced', 80],
    ['BadData', 'bad', 65],
    ['TaskKilled', 'ordinary', 137],
  ])('%s of a run of kind %s has no problem', async (type, kind, exitCode) => {
    expect(await problems(failed(type, exitCode, { kind }), [task({}, exitCode)], failure(type))).toBe('');
  });

  it.each<[string, Walked['kind'], number]>([
    ['SourceChanged', 'ordinary', 80],
    ['BadData', 'replaced', 65],
    ['BadConfiguration', 'ordinary', 137],
    ['Timeout', 'ordinary', 137],
  ])('%s of a run of kind %s is reported', async (type, kind, exitCode) => {
    expect(await problems(failed(type, exitCode, { kind }), [task({}, exitCode)], failure(type))).toMatch(
      `a run of kind ${kind} failed as ${type}`,
    );
  });

  it.each([
    ['is stuck', { isStuck: true }],
    ['ran longer than the timeout of a launch', { end: { at: 20_000, containers: [{ name: 'etl', exitCode: 137 }] } }],
  ])('Timeout has no problem when the task %s', async (_what, changes) => {
    const walked = failed('Timeout', 137, { kind: 'ordinary' });
    expect(await problems(walked, [task(changes, 137)], failure('Timeout'))).toBe('');
  });

  it('is reported when no container failed with it', async () => {
    const walked = failed('SourceChanged', 137);
    expect(await problems(walked, [task({}, 137)], failure('SourceChanged'))).toMatch(
      /but no container exited with 80/,
    );
  });
});

it.each<[string, SentMessages, RegExp]>([
  ['no message', { letters: [], outcomes: [] }, /no message of success/],
  ['the message of a failure', { letters: [], outcomes: ['success', 'failure'] }, /a message of failure/],
  ['a dead letter', { letters: ['TaskKilled'], outcomes: ['success'] }, /dead letters: TaskKilled/],
])('reports a delivery with %s', async (_what, sent, problem) => {
  await deliver('first', 'one');
  expect(await problems(run(), [task()], sent)).toMatch(problem);
});

it('reports a failure without a dead letter', async () => {
  const walked = failed('TaskKilled', 137);
  const sent = { letters: [], outcomes: ['failure'] };
  expect(await problems(walked, [task({}, 137)], sent)).toMatch(/dead letters: none/);
});

it('reports a run that hangs', async () => {
  const walked = run({ status: 'RUNNING', hangs: { status: { step: 'wait' } } });
  expect(await problems(walked, [], success)).toBe('w (RUNNING): hangs: {"status":{"step":"wait"}}');
});
