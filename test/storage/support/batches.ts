import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { joinUri, parseUri } from '@etl/lib/uri';
import { type BatchLayout, layout, manifestName, partName, successName } from '@etl/pipeline/layout';
import type { Manifest } from '@etl/pipeline/manifest';
import type { ObjectStore } from '@etl/storage/objectStore';

export function placeOf(destination: string): BatchLayout {
  return layout(destination, { dataset: 'ventas', batchDate: '2026-02-08', source: 'ventas_2026_02' });
}

/** A run of the batch: its parts are in its work folder, and its manifest is ready to be committed. */
export async function prepare(
  store: ObjectStore,
  place: BatchLayout,
  run: { readonly name: string; readonly startedAt: number; readonly parts: number; readonly generation?: number },
): Promise<Manifest> {
  const generation = run.generation ?? 1;
  const parts = [];
  for (let number = 1; number <= run.parts; number++) {
    // Equal sizes in every run, so that only the content differs.
    const body = `${run.name}:${number}`.padEnd(64, '.');
    const location = `work/${run.name}-${generation}/${partName(number)}`;
    await store.write(joinUri(place.internal, location), body);
    parts.push({ file: partName(number), rows: 1, bytes: body.length, sha256: sha256(body), location });
  }
  const rows = run.parts;
  const at = new Date(Date.UTC(2026, 1, 8) + run.startedAt * 1000).toISOString();
  return {
    version: 1,
    runId: run.name,
    generation,
    runStartedAt: at,
    program: '@etl/image@0.1.0',
    optionsHash: 'o1',
    source: { uri: 'file:///raw/ventas.csv', bytes: 10, fingerprint: `source of ${run.name}` },
    batchDate: '2026-02-08',
    dataset: 'ventas',
    schema: [{ name: 'id', type: 'integer', sourceName: 'id' }],
    parts,
    totals: { rowsRead: rows, rowsWritten: rows, rowsBlank: 0, rowsRejected: 0, datesCoerced: 0 },
    chunks: run.parts,
    reused: 0,
    startedAt: at,
    finishedAt: at,
    resources: {
      ...{ peakMemoryMiB: 1, cpuSeconds: 1, wallSeconds: 1, bytesRead: 1, bytesWritten: 1, rowsPerSecond: 1 },
      ...{ cpus: 1, memoryMiB: 1, threads: 1 },
    },
    warnings: [],
  };
}

/** Identifies the published folder on files, where a swap replaces it. S3 has no equivalent. */
async function folderThere(uri: string): Promise<string> {
  const location = parseUri(uri);
  if (location?.kind !== 'file') return 'S3';
  const stats = await stat(location.path, { bigint: true }).catch(() => undefined);
  return stats ? `${stats.ino}-${stats.ctimeNs}` : 'none';
}

/**
 * Reads the published folder once and carefully. Returns `unread` without a complete batch, or if it was replaced
 * during the read. Throws if the unchanged content was not exactly one batch.
 */
export async function look(store: ObjectStore, place: BatchLayout): Promise<{ runId: string } | 'unread'> {
  const at = (name: string) => joinUri(place.published, name);
  const read = (name: string) => store.readSmall(at(name));
  const folder = await folderThere(place.published);
  const [success, before] = [await read(successName), await read(manifestName)];
  if (!success || !before) return 'unread';
  const manifest = JSON.parse(before.toString('utf8')) as Manifest;
  const bodies: (Buffer | undefined)[] = [];
  for (const part of manifest.parts) bodies.push(await read(part.file));
  const names: string[] = [];
  for await (const { uri } of store.list(place.published)) names.push(uri.slice(place.published.length + 1));
  const after = await read(manifestName);
  if ((await folderThere(place.published)) !== folder) return 'unread';
  if (!after?.equals(before) || !(await read(successName))) return 'unread';
  if (!names.includes(successName) || !names.includes(manifestName)) return 'unread';
  const wanted = [...manifest.parts.map((part) => part.file), manifestName, successName].sort();
  const wrong = manifest.parts.filter((part, i) => bodies[i] === undefined || sha256(bodies[i]) !== part.sha256);
  if (wrong.length > 0 || names.sort().join() !== wanted.join()) {
    const shown = bodies.map((body) => body?.toString().replace(/\.+$/, '') ?? 'nothing').join(' ');
    throw new Error(`a mixed batch: manifest of ${manifest.runId}, parts ${shown}, names ${names.join(' ')}`);
  }
  return { runId: manifest.runId };
}

function sha256(body: Buffer | string): string {
  return createHash('sha256').update(body).digest('hex');
}
