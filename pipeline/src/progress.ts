import { cut } from '@etl/lib/capped';
import { fieldsOf, isAmount, isText } from '@etl/lib/reading';
import type { Progress } from './manifest';

/** Returns the share of the source that has been read, from 0 to 1; 0 while its size is unknown. */
export function shareRead({ bytesRead, bytesTotal }: Pick<Progress, 'bytesRead' | 'bytesTotal'>): number {
  return bytesTotal > 0 ? Math.min(1, bytesRead / bytesTotal) : 0;
}

/** Returns the sum of the progress of several tasks; undefined for none. */
export function sumOfProgress(all: readonly Progress[]): Progress | undefined {
  const updatedAt = all
    .map((each) => each.updatedAt)
    .sort()
    .at(-1);
  if (updatedAt === undefined) return undefined;
  const sum = (of: 'bytesRead' | 'bytesTotal' | 'rowsRead' | 'parts'): number =>
    all.reduce((total, each) => total + each[of], 0);
  return {
    phase: 'converting',
    ...{ bytesRead: sum('bytesRead'), bytesTotal: sum('bytesTotal'), rowsRead: sum('rowsRead'), parts: sum('parts') },
    updatedAt,
  };
}

const phases: readonly string[] = [
  'starting',
  'converting',
  'publishing',
  'done',
  'failed',
] satisfies Progress['phase'][];
const amounts = ['part', 'peakMemoryMiB', 'cpuSeconds', 'bytesWritten', 'rowsPerSecond'] as const;

/** Returns the progress in a document or a signal, without other keys; undefined for another shape. */
export function progressOf(input: unknown): Progress | undefined {
  const fields = fieldsOf(input);
  const { phase, bytesRead = 0, bytesTotal = 0, rowsRead = 0, parts = 0, updatedAt = '', failure } = fields;
  const isPhase = isText(phase, 20) && phases.includes(phase);
  if (!isPhase || !isText(updatedAt, 64)) return undefined;
  if (![bytesRead, bytesTotal, rowsRead, parts].every(isAmount)) return undefined;
  const known = amounts.flatMap((name) => (isAmount(fields[name]) ? [[name, fields[name]]] : []));
  return {
    ...({ phase, bytesRead, bytesTotal, rowsRead, parts, updatedAt } as Progress),
    ...Object.fromEntries(known),
    ...(typeof failure === 'string' && { failure: cut(failure) }),
  };
}
