export interface Column {
  /** Normalised: what the Parquet column is called. */
  readonly name: string;
  /** As the header has it. */
  readonly sourceName: string;
}

/** Strips, lowers, and turns runs of white space into `_`. */
export function normaliseName(name: string): string {
  return name.normalize('NFC').trim().toLowerCase().replace(/\s+/g, '_');
}

/**
 * Column names of a header: normalised, an empty one is `column_3` (its place), a repeated one gets `_2`, `_3` …
 * What had to be repaired is told in `warnings`.
 */
export function nameColumns(header: readonly string[]): { columns: Column[]; warnings: string[] } {
  const warnings: string[] = [];
  const taken = new Set<string>();
  const columns = header.map((sourceName, index) => {
    const normal = normaliseName(sourceName);
    const wanted = normal === '' ? `column_${index + 1}` : normal;
    let name = wanted;
    for (let suffix = 2; taken.has(name); suffix++) name = `${wanted}_${suffix}`;
    taken.add(name);
    if (normal === '') warnings.push(`column ${index + 1} has no name in the header and is called ${name}`);
    else if (name !== wanted)
      warnings.push(`column name ${wanted} is there more than once: column ${index + 1} is called ${name}`);
    return { name, sourceName };
  });
  return { columns, warnings };
}
