import type { Totals } from '@etl/pipeline/manifest';
import { defaults } from '@etl/pipeline/optionDefaults';
import type { Options } from '@etl/pipeline/options';
import type { FinishedChunk } from '../chunks/chunkDraft';
import { tooManyRejects } from '../chunks/rejectLimits';
import { BadDataError, HeldError } from '../errors';

interface Gate {
  readonly level: 'block' | 'hold' | undefined;
  /** Why it is not passed; undefined for one that is. */
  readonly problem: string | undefined;
}

/**
 * Whether a converted batch may be published. Throws `BadDataError` for a gate that blocks, `HeldError` for one that asks for
 * approval; once that was given, returns what was approved of.
 */
export function checkGates(
  chunks: readonly FinishedChunk[],
  totals: Totals,
  { options, inputUri, approved }: { options: Options; inputUri: string; approved: boolean },
): string[] {
  const gates: Gate[] = [
    { level: options.rejects?.level, problem: tooManyRejects(chunks, options.rejects ?? {}) },
    { level: options.quality?.rowCount?.level, problem: tooFewRows(totals, options) },
  ];
  const problems = (level: 'block' | 'hold') =>
    gates.flatMap((gate) => ((gate.level ?? 'block') === level ? (gate.problem ?? []) : []));
  const blocked = problems('block');
  if (blocked.length > 0) throw new BadDataError(`${inputUri}: ${blocked.join('; ')}`);
  const held = problems('hold');
  if (held.length > 0 && !approved) throw new HeldError(`${inputUri}: held for approval: ${held.join('; ')}`);
  return held;
}

function tooFewRows(totals: Totals, options: Options): string | undefined {
  const min = options.quality?.rowCount?.min ?? defaults.rowCountMin;
  const { rowsRead, rowsWritten, rowsBlank, rowsRejected } = totals;
  if (rowsWritten >= min) return undefined;
  const facts = `${rowsRead} read, ${rowsWritten} written, ${rowsBlank} blank, ${rowsRejected} rejected`;
  return `${rowsWritten} rows to write, at least ${min} are wanted (${facts})`;
}
