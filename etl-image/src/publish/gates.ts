import { count } from '@etl/lib/amounts';
import type { Totals } from '@etl/pipeline/manifest';
import { defaults } from '@etl/pipeline/optionDefaults';
import type { Options } from '@etl/pipeline/options';
import { describeResult, type QualityResult } from '@etl/pipeline/quality/results';
import type { FinishedChunk } from '../chunks/chunkDraft';
import { tooManyRejects } from '../chunks/rejectLimits';
import { BadDataError, HeldError } from '../errors';

interface Gate {
  readonly level: 'block' | 'hold' | 'warn' | undefined;
  /** Why the gate fails; undefined if it passes. */
  readonly problem: string | undefined;
}

/**
 * Checks whether a converted batch may be published. Returns the problems that were approved.
 *
 * @throws {BadDataError} if a gate with level `block` fails
 * @throws {HeldError} if a gate with level `hold` fails and the batch is not approved
 */
export function checkGates(
  chunks: readonly FinishedChunk[],
  totals: Totals,
  quality: readonly QualityResult[],
  { options, inputUri, approved }: { options: Options; inputUri: string; approved: boolean },
): string[] {
  const gates: Gate[] = [
    { level: options.rejects?.level, problem: tooManyRejects(chunks, options.rejects ?? {}) },
    { level: options.quality?.rowCount?.level, problem: tooFewRows(totals, options) },
    ...quality.map((result) => ({ level: result.level, problem: problemOf(result) })),
  ];
  const problems = (level: 'block' | 'hold') =>
    gates.flatMap((gate) => ((gate.level ?? 'block') === level ? (gate.problem ?? []) : []));
  const blocked = problems('block');
  if (blocked.length > 0) throw new BadDataError(`${inputUri}: ${blocked.join('; ')}`);
  const held = problems('hold');
  if (held.length > 0 && !approved) throw new HeldError(`${inputUri}: held for approval: ${held.join('; ')}`);
  return held;
}

/** A rule that could not be evaluated has not passed. */
function problemOf(result: QualityResult): string | undefined {
  return result.outcome === 'passed' ? undefined : describeResult(result);
}

/** Returns the warnings of the rules that only warn. The manifest already has a warning about a changed schema. */
export function ruleWarnings(quality: readonly QualityResult[]): string[] {
  const warned = quality.filter(({ level, metric, value }) => level === 'warn' && !(metric === 'schemaDrift' && value));
  return warned.flatMap((result) => problemOf(result) ?? []).map((problem) => `quality rule ${problem}`);
}

/** Marks the failed results of an approved batch. */
export function withApproval(quality: readonly QualityResult[]): QualityResult[] {
  return quality.map((result) =>
    result.level === 'hold' && result.outcome !== 'passed' ? { ...result, approved: true } : result,
  );
}

function tooFewRows(totals: Totals, options: Options): string | undefined {
  const min = options.quality?.rowCount?.min ?? defaults.rowCountMin;
  const { rowsRead, rowsWritten, rowsBlank, rowsRejected } = totals;
  if (rowsWritten >= min) return undefined;
  const facts = `${rowsRead} read, ${rowsWritten} written, ${rowsBlank} blank, ${rowsRejected} rejected`;
  return `${count(rowsWritten, 'row')} to write, at least ${min} required (${facts})`;
}
