export interface Column {
  /** Normalised: what the Parquet column is called. */
  readonly name: string;
  /** As the header has it, up to `mostNameChars`. */
  readonly sourceName: string;
}

/**
 * More columns are refused. Parquet has no limit of its own, but a table of them has to be declared: Athena's statements hold 262,144
 * bytes, about 10,000 columns with names of 15 characters. A footer describes each column of each row group, and readers hold it in
 * memory.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/service-limits.html
 */
export const mostColumns = 10_000;

/**
 * Longer names are cut, in bytes of UTF-8: what Glue and Athena take.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
 */
export const mostNameBytes = 255;

/** Room that a cut or repeated name leaves for its number. */
const numberBytes = 15;

/** What is read of a name: ICU takes time in the square of the combining marks that follow a letter. */
export const mostNameChars = 1024;

/** Repairs that are described one by one. */
const describedRepairs = 20;

/** Strips, lowers, and turns runs of white space into `_`. */
export function normaliseName(name: string): string {
  return name.trim().slice(0, mostNameChars).normalize('NFC').trim().toLowerCase().replace(/\s+/g, '_');
}

/**
 * Names the columns of a header: normalised, an empty one is `column_3` (its place), a long one is cut, a repeated one gets `_2`,
 * `_3` … Returns a warning for what was repaired.
 */
export function nameColumns(header: readonly string[]): { columns: Column[]; warnings: string[] } {
  const repairs: string[] = [];
  const names = new UniqueNames();
  const columns = header.map((sourceName, index) => {
    const normal = normaliseName(sourceName);
    const isLong = sourceName.length > mostNameChars || Buffer.byteLength(normal) > mostNameBytes;
    const wanted = normal === '' ? `column_${index + 1}` : isLong ? stemOf(normal) : normal;
    const name = names.take(wanted);
    if (normal === '') repairs.push(`column ${index + 1} has no name in the header and is called ${name}`);
    else if (isLong)
      repairs.push(`column ${index + 1} has a name of ${Buffer.byteLength(sourceName)} bytes and is called ${name}`);
    else if (name !== wanted)
      repairs.push(`column name ${wanted} is there more than once: column ${index + 1} is called ${name}`);
    return { name, sourceName: sourceName.slice(0, mostNameChars) };
  });
  const more = repairs.length - describedRepairs;
  const warnings = repairs.slice(0, describedRepairs);
  return {
    columns,
    warnings: more > 0 ? [...warnings, `${more} more column names were repaired like these`] : warnings,
  };
}

/** Gives each name once. */
class UniqueNames {
  private readonly taken = new Set<string>();
  /** The next number to try, by stem: a number that was taken once stays taken. */
  private readonly next = new Map<string, number>();

  take(wanted: string): string {
    const name = this.taken.has(wanted) ? this.numbered(stemOf(wanted)) : wanted;
    this.taken.add(name);
    return name;
  }

  private numbered(stem: string): string {
    let number = this.next.get(stem) ?? 2;
    while (this.taken.has(`${stem}_${number}`)) number++;
    this.next.set(stem, number + 1);
    return `${stem}_${number}`;
  }
}

/** As much of a name as leaves room for a number, in whole characters. */
function stemOf(name: string): string {
  const bytes = Buffer.from(name, 'utf8');
  const most = mostNameBytes - numberBytes;
  if (bytes.length <= most) return name;
  return new TextDecoder().decode(bytes.subarray(0, most), { stream: true });
}
