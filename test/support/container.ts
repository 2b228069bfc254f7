import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launch } from '@etl/image/launch';
import { logTo } from '@etl/image/report/log';
import { fileUri } from '@etl/lib/fileUri';
import type { Manifest } from '@etl/pipeline/manifest';
import type { Options } from '@etl/pipeline/options';
import type { loadS3Store } from '@etl/storage/openStore';
import { resourcesFor } from '../../etl-image/src/config/resources';
import { memoryFolder } from './memoryFolder';
import { type Row, readBatch } from './parquet';
import { type Ended, root, start } from './processes';

jest.mock('@etl/image/engine/kernel/threads', () => jest.requireActual('./inlineThreads'));

const program = join(root, 'etl-image', 'dist', 'main.js');

export interface ContainerRun extends Ended {
  /** The last line of the log. */
  readonly last: { event: string; status?: string; manifest?: Manifest; cause?: string };
}

/** Returns the end of a container with the last line of its log. */
export function withLast(end: Ended): ContainerRun {
  const line = end.stdout.trim().split('\n').at(-1) ?? '';
  return { ...end, last: line === '' ? { event: 'none' } : (JSON.parse(line) as ContainerRun['last']) };
}

/**
 * Launches the container in this process, with one thread: much cheaper than a process, for tests of what it publishes,
 * prints and returns.
 */
async function launchHere(env: Record<string, string>, openS3?: typeof loadS3Store): Promise<ContainerRun> {
  const output = { stdout: '', stderr: '' };
  const to = (name: keyof typeof output) => ({ write: (text: string) => (output[name] += text) });
  const log = logTo(to('stdout'), to('stderr'));
  const exitCode = await launch(env, {
    ...{ log, resources: resourcesFor(4096, 1), stopping: new AbortController() },
    ...(openS3 && { openS3 }),
  });
  return withLast({ exitCode, ...output });
}

/** A folder for one test with the container's input and output. */
export class Bench {
  private constructor(readonly folder: string) {}

  static async create(): Promise<Bench> {
    return new Bench(await mkdtemp(join(memoryFolder(), 'etl-image-')));
  }
  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
  async file(name: string, content: string | Buffer): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, content);
    return path;
  }

  environment(path: string, changes: Record<string, string> = {}, options: Options = {}): Record<string, string> {
    return {
      INPUT_FILE: path.includes('://') ? path : fileUri(path),
      BATCH_DATE: '2026-02-08',
      DATASET: 'd',
      SOURCE: 's',
      OUTPUT_PREFIX: fileUri(join(this.folder, 'lake')),
      RUN_ID: randomUUID(),
      GENERATION: '1',
      RUN_STARTED_AT: new Date().toISOString(),
      OPTIONS: JSON.stringify(options),
      SCRATCH_DIR: this.folder,
      ...changes,
    };
  }

  /** Starts the container's program as a process. */
  start(env: Record<string, string>): { child: ChildProcess; ended: Promise<ContainerRun> } {
    const { PATH = '' } = process.env;
    const { child, ended } = start(process.execPath, [program], { PATH, ...env });
    return { child, ended: ended.then(withLast) };
  }

  /** Launches the container in this process. */
  run(
    path: string,
    changes: Record<string, string> = {},
    options: Options = {},
    openS3?: typeof loadS3Store,
  ): Promise<ContainerRun> {
    return launchHere(this.environment(path, changes, options), openS3);
  }

  /** Launches the container in this process, and expects a published batch. */
  async convert(content: string | Buffer, changes: Record<string, string> = {}, options: Options = {}) {
    const run = await this.run(await this.file('in.csv', content), changes, options);
    if (run.exitCode !== 0 || !run.last.manifest) throw new Error(`exit code ${run.exitCode}: ${run.stderr}`);
    return { manifest: run.last.manifest, rows: await this.rows() };
  }

  get published(): string {
    return join(this.folder, 'lake', 'd', 'batch_date=2026-02-08', 'source=s');
  }
  get internal(): string {
    return join(this.folder, 'lake', '_etl', 'd', '2026-02-08', 's');
  }
  rows(columns?: string[]): Promise<Row[]> {
    return readBatch(this.published, columns);
  }
  async rejects(manifest: Manifest): Promise<Record<string, unknown>[]> {
    const files = (manifest.rejects ?? []).map((file) => readFile(join(this.internal, file), 'utf8'));
    return (await Promise.all(files))
      .join('')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}
