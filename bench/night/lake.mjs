// Writes source files, and the output of a container for each: a part in its work folder and an entry in the commit log.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/lib/ensure-installed.mjs';

const require = createRequire(join(root, 'package.json'));
const { layout, partName } = require('./pipeline/dist/layout.js');
const { optionsHash } = require('./pipeline/dist/options.js');
const { baseName, joinUri } = require('./lib/dist/uri.js');
const { commit } = require('./storage/dist/commitLog.js');
const { openStore } = require('./storage/dist/openStore.js');

const store = openStore();
const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Writes `count` small files of one day. Returns their events. */
export function writeFiles(folder, count) {
  const destination = pathToFileURL(join(folder, 'lake')).href;
  return Array.from({ length: count }, (_, number) => {
    // A thousand files per folder, so that large folders do not slow the benchmark.
    const dataset = `ventas_${Math.floor(number / 1000)}`;
    mkdirSync(join(folder, 'raw', dataset), { recursive: true });
    const file = join(folder, 'raw', dataset, `ventas_${number}.csv`);
    writeFileSync(file, `id,importe\n${number},1.5\n`);
    return { detail: { s3Key: pathToFileURL(file).href, batchDate: '2026-02-08', dataset, destination } };
  });
}

/** Commits a batch as a container does after its conversion. Returns the container's exit code. */
export async function commitAsContainer(environment) {
  const { DATASET: dataset, BATCH_DATE: batchDate, SOURCE: source, RUN_ID: runId, INPUT_FILE: uri } = environment;
  const generation = Number(environment.GENERATION);
  const place = layout(environment.OUTPUT_PREFIX, { dataset, batchDate, source });
  const work = place.work(runId, generation);
  const file = partName(1);
  const body = Buffer.from(uri);
  await store.write(joinUri(work, file), body);
  const { bytes, fingerprint } = await store.head(uri);
  const location = joinUri('work', baseName(work), file);
  const now = new Date().toISOString();
  const { status } = await commit(store, place, {
    version: 1,
    runId,
    generation,
    runStartedAt: environment.RUN_STARTED_AT,
    program: 'bench:night',
    optionsHash: optionsHash(JSON.parse(environment.OPTIONS), Number(environment.CHUNK_ROWS)),
    source: { uri, bytes, fingerprint },
    batchDate,
    dataset,
    schema: [],
    parts: [{ file, rows: 1, bytes: body.length, sha256: hash(body), location }],
    totals: { rowsRead: 1, rowsWritten: 1, rowsBlank: 0, rowsRejected: 0, datesCoerced: 0 },
    chunks: 1,
    reused: 0,
    startedAt: now,
    finishedAt: now,
    resources: {},
    warnings: [],
  });
  return status === 'committed' ? 0 : 70;
}
