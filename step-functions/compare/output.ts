import { count } from '@etl/lib/amounts';
import type { Manifest, Totals } from '@etl/pipeline/manifest';
import type { Finding } from './finding';

/** Compares two batches by rows, schema, and the bytes of every part. */
export function compareOutput(one: Manifest | null, other: Manifest | null): Finding {
  if (one === null && other === null) return { equal: true, text: 'equal, none' };
  if (one === null || other === null)
    return { equal: false, text: `differs: only ${one ? 'the first' : 'the second'} published a batch` };
  const differences = [...rows(one.totals, other.totals), ...schema(one, other), ...parts(one, other)];
  if (differences.length > 0) return { equal: false, text: `differs: ${differences.join('; ')}` };
  const { rowsWritten } = one.totals;
  return { equal: true, text: `equal, ${count(one.parts.length, 'part')}, ${count(rowsWritten, 'row')}, same SHA-256` };
}

function rows(one: Totals, other: Totals): string[] {
  return (Object.keys(one) as (keyof Totals)[]).flatMap((name) =>
    one[name] === other[name] ? [] : [`${name} ${one[name]} and ${other[name]}`],
  );
}

function schema(one: Manifest, other: Manifest): string[] {
  const described = ({ schema: columns }: Manifest) => columns.map(({ name, type }) => `${name} ${type}`);
  const [first, second] = [described(one), described(other)];
  const length = Math.max(first.length, second.length);
  return Array.from({ length }, (_, index) => index).flatMap((index) =>
    first[index] === second[index]
      ? []
      : [`column ${index + 1} is ${first[index] ?? 'missing'} and ${second[index] ?? 'missing'}`],
  );
}

function parts({ parts: one }: Manifest, { parts: other }: Manifest): string[] {
  if (one.length !== other.length) return [`${one.length} and ${other.length} parts`];
  return one.flatMap(({ file, sha256 }, index) =>
    sha256 === other[index]?.sha256 ? [] : [`${file} has a different SHA-256`],
  );
}
