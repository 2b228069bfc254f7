import { count } from '@etl/lib/amounts';
import type { Manifest } from '@etl/pipeline/manifest';

export interface Draft {
  readonly name: string;
  readonly pattern: string;
  /** The file from which the declaration is inferred, relative to the declaration. */
  readonly sample: string;
  readonly delimiter: string;
  readonly encoding: string;
  readonly decimal: '.' | ',';
  readonly schema: Manifest['schema'];
  readonly totals: Manifest['totals'];
  readonly warnings: readonly string[];
}

/** Returns a commented declaration for files like a sample. */
export function draftDeclaration(draft: Draft): string {
  const { name, pattern, sample, delimiter, encoding, decimal, schema, totals, warnings } = draft;
  const width = Math.max(...schema.map((column) => key(column.name).length));
  return [
    `# Dataset ${name}, inferred from ${oneLine(sample)}: ${count(totals.rowsRead, 'row')}. etl dataset schema prints all keys.`,
    ...warnings.map((warning) => `# The sample has a warning: ${oneLine(warning)}`),
    '',
    '# description: What the dataset contains',
    '# owner:',
    '#   team: name-of-the-team',
    '',
    '# Which files belong to the dataset. {date}, {yyyy}, {MM} and {dd} match the batch date.',
    'source:',
    `  pattern: ${text(pattern)}`,
    '',
    `# etl dataset check ${name} converts these files.`,
    'samples:',
    `  - ${text(sample)}`,
    '',
    '# Values declared here replace those detected in each file.',
    'dialect:',
    `  delimiter: ${text(delimiter)}`,
    `  encoding: ${encoding}`,
    ...(decimal === ',' ? [`  decimal: ","`] : []),
    '',
    '# A value that contradicts its type rejects its row. Remove columns whose type should be inferred.',
    'columns:',
    ...schema.map(({ name: column, type, sourceName }) => {
      const renamed = sourceName === column ? '' : `  # ${oneLine(sourceName)}`;
      return `  ${key(column)}:${' '.repeat(width - key(column).length)} ${type}${renamed}`;
    }),
    '',
    '# More rejected rows than this fail the run.',
    'rejects:',
    '  maxShare: 0.01',
    '',
    '# quality:',
    '#   rowCount:',
    `#     min: ${Math.max(1, Math.floor(totals.rowsWritten / 2))}`,
    '',
    `# etl dataset apply ${name} creates this schedule.`,
    '# schedule:',
    '#   at: "02:30"',
    '#   timeZone: Europe/Madrid',
    '#   dayOffset: -1',
    '',
  ].join('\n');
}

/** Returns a text as a double-quoted YAML scalar, which JSON strings are. */
const text = (value: string): string => JSON.stringify(value);

/** Quotes a key unless it is a plain word that YAML reads as text. */
function key(name: string): string {
  const isPlain = /^[a-z_][a-z0-9_]*$/.test(name) && !/^(true|false|null|yes|no|on|off|y|n)$/.test(name);
  return isPlain ? name : text(name);
}

const oneLine = (value: string): string => value.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 300);
