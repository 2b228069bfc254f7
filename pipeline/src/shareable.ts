import type { Manifest } from './manifest';

/** What the warning about a column's coerced dates begins with. */
export function coercedWarning(column: string, count: number): string {
  return `${column}: ${count} values are no dates and became null`;
}

/**
 * Returns the warnings of a manifest without values of cells, for histories, messages and logs. Manifests without
 * `coercedExamples` have examples in one kind of warning, whose beginning is known.
 */
export function shareableWarnings({ warnings, coerced = {} }: Pick<Manifest, 'warnings' | 'coerced'>): string[] {
  const known = Object.entries(coerced).map(([column, count]) => coercedWarning(column, count));
  return warnings.map((warning) => known.find((text) => warning.startsWith(`${text}, such as `)) ?? warning);
}

/** Returns a manifest without values of cells. */
export function shareable({ coercedExamples: _, ...manifest }: Manifest): Manifest {
  return { ...manifest, warnings: shareableWarnings(manifest) };
}
