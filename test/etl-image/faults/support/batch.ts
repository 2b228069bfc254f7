import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileUri } from '@etl/lib/fileUri';
import { type BatchLayout, layout } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import { createFileStore } from '@etl/storage/fileStore';
import { look } from '../../../storage/support/batches';
import type { Bench } from '../../../support/container';

export const placeOf = (bench: Bench): BatchLayout =>
  layout(fileUri(join(bench.folder, 'lake')), { dataset: 'd', batchDate: '2026-02-08', source: 's' });

/** Returns the batch that a careful reader sees; `nothing` without one. Throws for anything in between. */
export async function seen(bench: Bench): Promise<string> {
  const looked = await look(createFileStore(), placeOf(bench));
  if (looked !== 'unread') return looked.runId;
  if (existsSync(bench.published)) throw new Error(`no whole batch: ${await readdir(bench.published)}`);
  return 'nothing';
}

export async function commits(bench: Bench): Promise<Manifest[]> {
  const folder = join(bench.internal, 'commits');
  const names = existsSync(folder) ? (await readdir(folder)).filter((name) => /^\d+\.json$/.test(name)).sort() : [];
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as Manifest));
}

/** Returns the path of a part by its location in a manifest. */
export const partPath = (bench: Bench, location: string): string => fileURLToPath(placeOf(bench).part(location));

/** Returns the leftovers of a run: unreferenced work folders, and drafts. */
export async function leftovers(bench: Bench): Promise<string[]> {
  const kept = (await commits(bench)).flatMap((manifest) =>
    [...manifest.parts.map(({ location }) => location), ...(manifest.rejects ?? []), ...(manifest.coercions ?? [])].map(
      (location) => location.split('/').slice(0, 2).join('/'),
    ),
  );
  const paths = (await readdir(bench.internal, { recursive: true, withFileTypes: true })).map((entry) => ({
    path: join(entry.parentPath, entry.name).slice(bench.internal.length + 1),
    entry,
  }));
  return paths.flatMap(({ path, entry }) => {
    const folder = /^work\/[^/]+$/.test(path) && entry.isDirectory() && !kept.includes(path);
    // Other leftovers of a killed publisher may belong to a running one: they are removed after the grace period.
    const draft = path.startsWith('work/') && entry.name.startsWith('.draft-');
    return folder || draft ? [shortened(path)] : [];
  });
}

export interface CheckpointFile {
  readonly chunks: readonly { readonly number: number; readonly schema?: string; readonly part?: { sha256: string } }[];
}

export async function checkpointOf(bench: Bench, launch: string): Promise<CheckpointFile | undefined> {
  const path = join(bench.internal, 'work', launch, 'checkpoint.json');
  return existsSync(path) ? (JSON.parse(await readFile(path, 'utf8')) as CheckpointFile) : undefined;
}

export const shas = ({ parts }: Manifest): string[] => parts.map(({ sha256 }) => sha256);

/** Returns the text without values that vary between runs. */
export function shortened(text: string): string {
  return text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '…')
    .replace(/(file:\/\/)?\/\S*?\/etl-image-[^/]+\//g, '');
}
