import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { layout, successName } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import { exitCodeOf, type RealTask } from '../support/realTasks';
import { sha256Of } from './sources';
import type { Walked } from './walk';

/**
 * Returns what is wrong with a run's delivery. Every run has its own dataset, so only that run can have written there.
 */
export async function wrongDelivery(run: Walked, tasks: readonly RealTask[], destination: string): Promise<string[]> {
  const { published, commits } = placesOf(run, destination);
  // A killed container may leave the draft of a commit.
  const log = namesIn(commits).filter((name) => /^\d{6}\.json$/.test(name));
  const isPublished = published !== undefined && existsSync(join(published, successName));
  if (run.status === 'FAILED') {
    // A task that was killed between its commit and its projection leaves a commit that readers do not see.
    const mayHaveCommitted = tasks.some((task) => exitCodeOf(task) !== 0);
    if (isPublished) return ['failed, and its batch is published'];
    return log.length > 0 && !mayHaveCommitted ? ['failed, and its batch is committed'] : [];
  }
  if (run.status === 'COMPLETED' && !(isPublished && log.length === 1)) {
    return [`completed with ${log.length} commits, and ${isPublished ? '' : 'not '}published`];
  }
  if (log.length > 1) return [`${log.length} commits`];
  const [name] = log;
  if (name === undefined) return isPublished ? ['published without a commit'] : [];
  const { source, totals, parts } = JSON.parse(readFileSync(join(commits, name), 'utf8')) as Manifest;
  const problems = [...unvalidated(source.fingerprint, tasks)];
  const { rowsRead, rowsWritten, rowsBlank, rowsRejected } = totals;
  if (rowsRead !== rowsWritten + rowsBlank + rowsRejected) problems.push('rows are not accounted for');
  const expected = run.source.contents.get(source.fingerprint);
  if (!expected) return [...problems, `content ${source.fingerprint} was delivered, which cannot be`];
  if (parts.length !== expected.size) problems.push(`${parts.length} parts committed instead of ${expected.size}`);
  return [...problems, ...(isPublished ? await wrongBytes(published, expected) : [])];
}

/** A container converts the validated content, whose fingerprint each launch receives. */
function unvalidated(fingerprint: string, tasks: readonly RealTask[]): string[] {
  return tasks.some((task) => task.fingerprint !== fingerprint)
    ? [`content ${fingerprint} was delivered, and another one was validated`]
    : [];
}

async function wrongBytes(folder: string, expected: ReadonlyMap<string, string>): Promise<string[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.parquet'));
  if (files.length !== expected.size) return [`${files.length} parts instead of ${expected.size}`];
  const hashes = await Promise.all(files.map((file) => sha256Of(join(folder, file))));
  return files.flatMap((file, index) => (hashes[index] === expected.get(file) ? [] : [`${file} has other bytes`]));
}

/** The paths end with the name of the source, which the pipeline derives from the file name. */
function placesOf({ dataset, batchDate }: Walked, destination: string) {
  const any = layout(destination, { dataset, batchDate, source: 'any' });
  const onlyIn = (uri: string): string | undefined => {
    const folder = join(fileURLToPath(uri), '..');
    const [name] = namesIn(folder);
    return name === undefined ? undefined : join(folder, name);
  };
  const internal = onlyIn(any.internal);
  return { published: onlyIn(any.published), commits: internal === undefined ? '' : join(internal, 'commits') };
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
