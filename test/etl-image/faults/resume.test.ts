import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ChunkStore } from '@etl/image/chunks/chunkDraft';
import { type Conversion, type ConversionState, convert } from '@etl/image/chunks/conversion';
import type { Engine } from '@etl/image/engine/engine';
import { openEngine } from '@etl/image/engine/open';
import { openSource, type Source } from '@etl/image/source/source';
import { fileUri } from '@etl/lib/fileUri';
import type { Options } from '@etl/pipeline/options';
import type { Rule } from '@etl/pipeline/quality/rules';
import { createFileStore } from '@etl/storage/fileStore';
import { thorough } from '../../support/thorough';
import { randomTable } from './support/tables';

const inferred: Options = { rejects: { maxShare: 1 } };
/** For a table with a preamble, a column `amount` before the others, and footer rows. */
const declared: Options = {
  ...inferred,
  columns: { amount: { type: 'decimal(20,3)', nullValues: ['-'], required: true } },
  dialect: { skipLines: 2, footer: { prefix: 'TOTAL' } },
};

/** About the columns of a random table. */
const rules: Rule[] = [
  { metric: 'duplicateValues', columns: ['to_text', 'zeros'] },
  { metric: 'nullValues', column: 'text' },
  { metric: 'duplicateValues', column: 'to_double' },
];

function withDeclared(csv: string): string {
  const lines = csv.trimEnd().split(/\n(?=\d+,|id|,)/);
  const amounts = ['amount', ...lines.slice(1).map((_, at) => (at % 7 === 5 ? '-' : `${at}.5`))];
  const rows = lines.flatMap((line, at) => [...(at > 0 && at % 4 === 3 ? ['TOTAL,1'] : []), `${amounts[at]},${line}`]);
  return `a "quote\n\n${rows.join('\n')}\nTOTAL\n`;
}

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'etl-resume-'));
});
afterAll(() => rm(scratch, { recursive: true }));

/** Stores of the launches of one file. Names of different launches never collide. */
class Stores {
  readonly files = new Map<string, Buffer>();
  private launches = 0;

  next(): ChunkStore {
    const launch = ++this.launches;
    const add = async (pass: string, name: string, path: string): Promise<string> => {
      const location = `${launch}/${pass}/${name}`;
      if (this.files.has(location)) throw new Error(`${location} is written twice`);
      this.files.set(location, await readFile(path));
      return location;
    };
    return {
      addPart: async (pass, file, path, rows) => {
        const location = await add(pass, file, path);
        const bytes = this.files.get(location) ?? Buffer.alloc(0);
        return { file, rows, bytes: bytes.length, sha256: sha256(bytes), location };
      },
      addFile: add,
    };
  }

  /** Returns all published content of a conversion, read from its locations. */
  content({ plans, chunks, warnings }: Conversion) {
    const read = (location?: string) => location && sha256(this.files.get(location) ?? 'nothing');
    return {
      ...{ plans, warnings },
      // For a column that stays text, the number of examined values does not matter.
      chunks: chunks.map(({ part, rejects, coercions, quality, evidence: _, ...rest }) => ({
        ...rest,
        quality: { ...quality, keys: quality?.keys.map(({ location, ...keys }) => [keys, read(location)]) },
        part: part && { rows: part.rows, sha256: part.sha256, there: read(part.location) === part.sha256 },
        findings: [read(rejects), read(coercions)],
      })),
    };
  }
}

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** Converts with a checkpoint per part, and stops at `max` states. */
async function launch(
  { stores, ...file }: { source: Source; options: Options; chunkRows: number; stores: Stores; engine: Engine },
  resumeFrom: ConversionState | undefined,
  max = Number.POSITIVE_INFINITY,
): Promise<{ done: Conversion | undefined; states: ConversionState[] }> {
  const states: ConversionState[] = [];
  const settings = { ...file, scratch, resumeFrom, chunkStore: stores.next() };
  try {
    const done = await convert({
      ...settings,
      signal: new AbortController().signal,
      onProgress: () => undefined,
      onState: async (state) => {
        if (states.length >= max) throw new Error('stopped here');
        states.push(JSON.parse(JSON.stringify(state)) as ConversionState);
        if (states.length >= max) throw new Error('stopped here');
      },
    });
    return { done, states };
  } catch (error) {
    if (!(error instanceof Error && error.message === 'stopped here')) throw error;
    return { done: undefined, states };
  }
}

const stored: readonly (readonly [string, (csv: string) => Buffer, Options])[] = [
  ['as it is', (csv) => Buffer.from(csv), inferred],
  ['gzip', (csv) => gzipSync(csv), inferred],
  ['UTF-16', (csv) => Buffer.from(`\ufeff${csv}`, 'utf16le'), inferred],
  ['with declared rules', (csv) => Buffer.from(`\ufeff${withDeclared(csv)}`), declared],
  ['with quality rules', (csv) => Buffer.from(csv), { ...inferred, quality: { rules } }],
  ['with declared rules, gzip', (csv) => gzipSync(withDeclared(csv)), declared],
];
const seeds = thorough ? [1, 3] : [3];

describe.each(stored)('a random table, stored %s', (_name, store, options) => {
  test.each(seeds)('converts to the same bytes when stopped after any chunk and resumed (%i)', async (seed) => {
    const path = join(scratch, `${seed}-${_name}`);
    const csv = randomTable(seed);
    await writeFile(path, store(csv));
    const source = await openSource(createFileStore(), fileUri(path), options);
    const checks = { rules: options.quality?.rules ?? [], hashKey: new Uint8Array(16) };
    const engine = openEngine('kernel', source.head, 1, checks);
    const chunkRows = Math.ceil(csv.split('\n').length / (2 + seed));
    const stores = new Stores();
    const file = { source, options, chunkRows, stores, engine };
    try {
      const { done: whole, states } = await launch(file, undefined);
      if (!whole) throw new Error('the conversion did not end');
      const wanted = stores.content(whole);
      expect(wanted.chunks.some(({ footer }) => footer !== undefined)).toBe(options === declared);
      expect(wanted.chunks.every(({ part }) => part?.there !== false)).toBe(true);
      for (const [k, state] of states.entries()) {
        const { done, states: more } = await launch(file, state);
        expect({ k, ...(done && stores.content(done)) }).toEqual({ k, ...wanted });
        // Converts a chunk twice only if the undisturbed run does.
        expect(more.length).toBe(states.length - k - 1);
      }
      // One launch per chunk: the evidence is passed on from launch to launch.
      let state: ConversionState | undefined;
      for (let lives = 0; lives <= states.length; lives++) {
        const { done, states: more } = await launch(file, state, 1);
        state = more.at(-1) ?? state;
        expect({ lives, ...(done && stores.content(done)) }).toEqual({
          lives,
          ...(lives === states.length && wanted),
        });
      }
    } finally {
      await engine.close();
    }
  });
});
