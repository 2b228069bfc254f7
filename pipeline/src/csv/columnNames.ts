export interface Column {
  /** Normalised name: the name of the Parquet column. */
  readonly name: string;
  /** Name in the header, up to `mostNameChars`. */
  readonly sourceName: string;
}

/**
 * Maximum number of columns. Parquet itself has no limit, but a table must be declared: Athena's statements hold
 * 262,144 bytes, about 10,000 columns with names of 15 characters. A footer describes each column of each row group,
 * and readers hold it in memory.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/service-limits.html
 */
export const mostColumns = 10_000;

/**
 * Maximum length of a name, in bytes of UTF-8, as in Glue and Athena. Longer names are cut.
 *
 * @see https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html
 */
export const mostNameBytes = 255;

/** Bytes reserved for the number of a cut or repeated name. */
const numberBytes = 15;

/**
 * Maximum number of characters read of a name: ICU's time grows with the square of the combining marks after a letter.
 */
export const mostNameChars = 1024;

/** Maximum number of repairs that are described one by one. */
const describedRepairs = 20;

/** Trims, lowercases, and replaces runs of white space with `_`. */
export function normaliseName(name: string): string {
  return name.trim().slice(0, mostNameChars).normalize('NFC').trim().toLowerCase().replace(/\s+/g, '_');
}

/**
 * Names the columns of a header: normalises names, calls an empty one `column_3` (its position), cuts long ones and
 * appends `_2`, `_3` … to repeated ones. Returns a warning for the repairs.
 */
export function nameColumns(header: readonly string[]): { columns: Column[]; warnings: string[] } {
  const repairs: string[] = [];
  const names = new UniqueNames();
  const columns = header.map((sourceName, index) => {
    const normal = normaliseName(sourceName);
    const isLong = sourceName.length > mostNameChars || Buffer.byteLength(normal) > mostNameBytes;
    const wanted = normal === '' ? `column_${index + 1}` : isLong ? stemOf(normal) : normal;
    const name = names.take(wanted);
    if (normal === '') repairs.push(`column ${index + 1} has no name in the header and is named ${name}`);
    else if (isLong)
      repairs.push(`column ${index + 1} has a name of ${Buffer.byteLength(sourceName)} bytes and is named ${name}`);
    else if (name !== wanted)
      repairs.push(`column name ${wanted} occurs more than once: column ${index + 1} is named ${name}`);
    return { name, sourceName: sourceName.slice(0, mostNameChars) };
  });
  const more = repairs.length - describedRepairs;
  const warnings = repairs.slice(0, describedRepairs);
  return {
    columns,
    warnings: more > 0 ? [...warnings, `${more} more column names were repaired`] : warnings,
  };
}

/** Returns each name only once. */
class UniqueNames {
  private readonly taken = new Set<string>();
  /** Next number to try, by stem: numbers are not reused. */
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

/** Returns the part of a name that leaves room for a number, in whole characters. */
function stemOf(name: string): string {
  const bytes = Buffer.from(name, 'utf8');
  const most = mostNameBytes - numberBytes;
  if (bytes.length <= most) return name;
  return new TextDecoder().decode(bytes.subarray(0, most), { stream: true });
}
