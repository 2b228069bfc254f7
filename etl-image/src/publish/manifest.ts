import { own } from '@etl/lib/own';
import { joinUri } from '@etl/lib/uri';
import type { BatchLayout } from '@etl/pipeline/layout';
import type { Manifest, ResourceSample, Totals } from '@etl/pipeline/manifest';
import type { Options } from '@etl/pipeline/options';
import type { QualityResult } from '@etl/pipeline/quality/results';
import { coercedWarning } from '@etl/pipeline/shareable';
import type { Content } from '@etl/storage/fence';
import { coercedExamples, type FinishedChunk } from '../chunks/chunkDraft';
import type { Conversion } from '../chunks/conversion';
import { addCounts } from '../chunks/rejectLimits';
import type { Environment } from '../config/environment';
import type { Resources } from '../config/resources';
import { reasons } from '../engine/engine';
import { rowRate, type Usage } from '../report/usage';
import type { Source } from '../source/source';
import { checkGates, ruleWarnings, withApproval } from './gates';
import { schemaColumns } from './schemaColumns';

/** Inputs of a manifest. */
export interface ManifestInput {
  readonly env: Environment;
  readonly place: BatchLayout;
  /** Work folders of this launch and of the launches that converted its shards. */
  readonly folders: readonly string[];
  readonly source: Source;
  readonly content: Content;
  readonly conversion: Conversion;
  /** Results of the quality rules. */
  readonly quality: readonly QualityResult[];
  readonly startedAt: string;
  /** Usage of this launch and of each launch that converted its shards. */
  readonly used: readonly LaunchUsage[];
  /** Rows that these launches converted themselves. */
  readonly rowsConverted: number;
  /** Rows and memory of this launch over time; absent if several tasks converted. */
  readonly series?: readonly ResourceSample[];
  readonly resources: Resources;
  /** Whether a batch that a quality gate holds may be published. */
  readonly approved: boolean;
}

export interface LaunchUsage extends Usage {
  readonly bytesRead: number;
}

/** Fewer samples show no course. */
const minSamples = 4;

/**
 * Composes the manifest of a batch.
 *
 * @throws {BadDataError} if a quality gate blocks the batch: too many rejects, too few rows, or a rule
 * @throws {HeldError} if a quality gate holds it and it is not approved
 */
export function composeManifest(input: ManifestInput): Manifest {
  const { env, place, source, content, conversion, quality, startedAt, used, approved, series = [] } = input;
  const { chunks } = conversion;
  const totals = totalsOf(chunks);
  const approvedProblems = checkGates(chunks, totals, quality, { ...env, approved });
  const parts = chunks.flatMap(({ part }) => part ?? []);
  const isOwn = (uri: string): boolean => input.folders.some((folder) => uri.startsWith(`${folder}/`));
  const own = parts.filter(({ location }) => isOwn(joinUri(place.internal, location)));
  const rejects = chunks.flatMap((chunk) => chunk.rejects ?? []);
  const coercions = chunks.flatMap((chunk) => chunk.coercions ?? []);
  const rejected = addCounts(chunks.map((chunk) => chunk.rejected));
  const footerRows = sum(chunks.map(({ footer }) => footer?.rows ?? 0));
  const coerced = addCounts(chunks.map((chunk) => chunk.coerced));
  return {
    version: 1,
    runId: env.runId,
    generation: env.generation,
    runStartedAt: env.runStartedAt,
    ...content,
    batchDate: env.batchDate,
    dataset: env.dataset,
    ...(env.declaration !== undefined && { declaration: env.declaration }),
    schema: schemaColumns(conversion),
    parts,
    totals,
    chunks: chunks.length,
    reused: parts.length - own.length,
    startedAt,
    finishedAt: new Date().toISOString(),
    resources: {
      peakMemoryMiB: Math.max(...used.map(({ peakMemoryMiB }) => peakMemoryMiB)),
      cpuSeconds: Math.round(sum(used.map(({ cpuSeconds }) => cpuSeconds)) * 100) / 100,
      // The index of shards was begun on another machine, whose clock may be ahead.
      wallSeconds: Math.max(0, Math.round((Date.now() - Date.parse(startedAt)) / 10) / 100),
      bytesRead: sum(used.map(({ bytesRead }) => bytesRead)),
      bytesWritten: sum(own.map(({ bytes }) => bytes)),
      rowsPerSecond: rowRate(input.rowsConverted, startedAt),
      ...input.resources,
      ...(series.length >= minSamples && { series }),
    },
    warnings: [
      ...source.head.warnings,
      ...conversion.warnings,
      ...coercedWarnings(coerced, chunks),
      ...encodingWarnings(rejected[reasons.notUtf8] ?? 0),
      ...footerWarnings(chunks, env.options),
      ...repeatedHeaderWarnings(rejected[reasons.repeatedHeader] ?? 0),
      ...ruleWarnings(quality),
      ...approvedProblems.map((problem) => `published on approval: ${problem}`),
    ],
    ...(quality.length > 0 && { quality: withApproval(quality) }),
    ...(footerRows > 0 && { footerRows }),
    ...(rejects.length > 0 && { rejected, rejects }),
    ...(coercions.length > 0 && { coerced, coercedExamples: examplesOf(coerced, chunks), coercions }),
  };
}

function totalsOf(chunks: readonly FinishedChunk[]): Totals {
  const totals: Totals = {
    rowsRead: sum(chunks.map((chunk) => chunk.rows)),
    rowsWritten: sum(chunks.map((chunk) => chunk.part?.rows ?? 0)),
    rowsBlank: sum(chunks.map((chunk) => chunk.rowsBlank)),
    rowsRejected: sum(chunks.map((chunk) => chunk.rowsRejected)),
    datesCoerced: sum(chunks.flatMap((chunk) => Object.values(chunk.coerced))),
  };
  const { rowsRead, rowsWritten, rowsBlank, rowsRejected } = totals;
  if (rowsRead !== rowsWritten + rowsBlank + rowsRejected) {
    const facts = `${rowsRead} read, ${rowsWritten} written, ${rowsBlank} blank, ${rowsRejected} rejected`;
    throw new Error(`rows do not add up: ${facts}`);
  }
  return totals;
}

/** Returns one warning per column: the number of dates that became null, and the line of the first one. */
function coercedWarnings(coerced: Readonly<Record<string, number>>, chunks: readonly FinishedChunk[]): string[] {
  return Object.entries(coerced).map(([column, count]) => {
    const lines = chunks.flatMap((chunk) => own(chunk.coercedLines, column) ?? []);
    const where = lines.length === 0 ? '' : `${count > 1 ? ', the first' : ''} in line ${Math.min(...lines)}`;
    return `${coercedWarning(column, count)}${where}`;
  });
}

/** Returns examples of the values of each column that became null. */
function examplesOf(coerced: Readonly<Record<string, number>>, chunks: readonly FinishedChunk[]) {
  return Object.fromEntries(
    Object.keys(coerced).map((column) => {
      const examples = new Set(chunks.flatMap((chunk) => own(chunk.coercedExamples, column) ?? []));
      return [column, [...examples].slice(0, coercedExamples)];
    }),
  );
}

/** The encoding is detected from the file's head. Rejected rows may show that the detection was wrong. */
function encodingWarnings(rows: number): string[] {
  if (rows === 0) return [];
  return [`rows rejected for bytes that are not UTF-8: ${rows} (declare dialect.encoding if the file is Windows-1252)`];
}

/** Returns a warning with the number of footer rows and the line of the first one. */
function footerWarnings(chunks: readonly FinishedChunk[], { dialect }: Options): string[] {
  const found = chunks.flatMap(({ footer }) => footer ?? []);
  if (found.length === 0) return [];
  const rows = sum(found.map((footer) => footer.rows));
  const line = Math.min(...found.map((footer) => footer.line));
  const prefix = JSON.stringify(dialect?.footer?.prefix);
  return [`rows left out because they begin with ${prefix} (dialect.footer): ${rows}, the first in line ${line}`];
}

function repeatedHeaderWarnings(rows: number): string[] {
  if (rows === 0) return [];
  return [`rows that repeat the header: ${rows} (rejected; they do not count toward the allowed rejects)`];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
