import type { Manifest } from './manifest';

/** Returns the beginning of the warning about a column's coerced dates. */
export function coercedWarning(column: string, count: number): string {
  return `${column}: ${count === 1 ? '1 value is not a date' : `${count} values are not dates`} and became null`;
}

/** The warning of earlier versions, which may go on with cell values. */
const earlierWarning = (column: string, count: number): string =>
  `${column}: ${count} values are no dates and became null`;

/**
 * Returns the warnings of a manifest without cell values, for histories, messages and logs. Manifests without
 * `coercedExamples` contain examples in one kind of warning, which is recognised by its beginning: all of them are of earlier versions.
 */
export function shareableWarnings({ warnings, coerced = {} }: Pick<Manifest, 'warnings' | 'coerced'>): string[] {
  const known = Object.entries(coerced).map(([column, count]) => earlierWarning(column, count));
  return warnings.map((warning) => known.find((text) => warning.startsWith(`${text}, such as `)) ?? warning);
}

/** Returns a manifest without cell values. */
export function shareable({ coercedExamples: _, ...manifest }: Manifest): Manifest {
  return { ...manifest, warnings: shareableWarnings(manifest) };
}
