import type { Progress } from './manifest';

/** Returns the share of the source that is read, from 0 to 1; 0 while its size is not known. */
export function shareRead({ bytesRead, bytesTotal }: Pick<Progress, 'bytesRead' | 'bytesTotal'>): number {
  return bytesTotal > 0 ? Math.min(1, bytesRead / bytesTotal) : 0;
}

/** Returns the progress of several tasks together; undefined of none. */
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
