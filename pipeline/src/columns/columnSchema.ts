import { utf8Bytes } from '@etl/lib/json';
import { recordOf } from '@etl/lib/recordOf';
import { isTimeZone } from '@etl/lib/timeZones';
import * as z from 'zod';
import { mostColumns, mostNameBytes, normaliseName } from '../csv/columnNames';
import { formatTypeProblem, parseFormat } from './dateFormat';
import { type ColumnType, isColumnType, kindOf, simpleTypes, type TypeKind, typeProblem } from './types';

const type = z
  .string()
  .refine(isColumnType, typeProblem)
  .meta({ examples: [...simpleTypes, 'decimal(12,2)'] })
  .transform((text) => text as ColumnType);

/** The exact texts of a rule. */
const texts = z.array(z.string().max(1000)).max(100);

const keys = {
  required: z.boolean().optional().describe('Whether a null rejects its row'),
  trim: z.boolean().optional().describe('Whether white space around a text is removed'),
  nullValues: texts
    .optional()
    .describe('Texts that are null, instead of the words that are null by default. The empty text always is'),
  trueValues: texts.min(1).optional().describe('Texts that are true'),
  falseValues: texts.min(1).optional().describe('Texts that are false'),
  decimal: z.enum(['.', ',']).optional().describe('Decimal mark. Default: dialect.decimal'),
  thousands: z.enum(['.', ',', ' ', "'", '_']).optional().describe('Separator between groups of three digits'),
  format: z.string().min(1).optional().describe('Pattern of java.time.format.DateTimeFormatter, such as dd/MM/yyyy'),
  timeZone: z
    .string()
    .refine(isTimeZone, 'is not an IANA time zone, such as Europe/Madrid')
    .optional()
    .describe('IANA time zone of values without a UTC offset'),
};

/** Types that a key applies to. A key that is not listed applies to all types. */
const appliesTo: Partial<Record<keyof typeof keys, readonly TypeKind[]>> = {
  trim: ['text'],
  trueValues: ['boolean'],
  falseValues: ['boolean'],
  decimal: ['double', 'decimal', 'integer', 'int32'],
  thousands: ['double', 'decimal', 'integer', 'int32'],
  format: ['date', 'time', 'timestamp', 'timestamptz'],
  timeZone: ['timestamptz'],
};

/** How the values of a column are read, besides its type. */
export type ColumnRules = z.infer<z.ZodObject<typeof keys>>;
type Declared = ColumnRules & { readonly type: ColumnType };

function checkRules(declared: Declared, context: z.RefinementCtx): void {
  const issue = (key: keyof ColumnRules, message: string): void =>
    context.addIssue({ code: 'custom', path: [key], message });
  const kind = kindOf(declared.type);
  for (const [key, kinds] of Object.entries(appliesTo) as [keyof ColumnRules, readonly TypeKind[]][]) {
    if (declared[key] === undefined || kinds.includes(kind)) continue;
    issue(key, `applies only to the types ${kinds.join(', ')}, but the column is of type ${declared.type}`);
  }
  for (const { key, message } of contradictions(declared)) issue(key, message);
}

const column = z.strictObject({ type, ...keys }).superRefine(checkRules);
const describedColumn = z
  .strictObject({
    type,
    description: z.string().min(1, 'is empty').max(2000, 'has more than 2000 characters').optional(),
    ...keys,
  })
  .superRefine(checkRules);

/** Returns the problems of keys that contradict each other. */
function contradictions(declared: Declared): { readonly key: keyof ColumnRules; readonly message: string }[] {
  const { decimal, thousands, trueValues, falseValues, nullValues = [] } = declared;
  const found: { key: keyof ColumnRules; message: string }[] = [];
  if (thousands !== undefined && thousands === decimal)
    found.push({ key: 'thousands', message: 'must differ from decimal' });
  if (trueValues && !falseValues)
    found.push({ key: 'falseValues', message: 'must be declared together with trueValues' });
  if (falseValues && !trueValues)
    found.push({ key: 'trueValues', message: 'must be declared together with falseValues' });
  const meanings = [nullValues, trueValues ?? [], falseValues ?? []].map((each) => [...new Set(each)]);
  const all = meanings.flat();
  const twice = all.find((text, at) => all.indexOf(text) < at);
  if (twice !== undefined) {
    const message = `has the text ${JSON.stringify(twice.slice(0, 40))}, which another key declares too`;
    found.push({ key: falseValues?.includes(twice) ? 'falseValues' : 'trueValues', message });
  }
  return [...found, ...formatProblems(declared)];
}

function formatProblems({ type, format, timeZone }: Declared): { key: 'format' | 'timeZone'; message: string }[] {
  const kind = kindOf(type);
  if (format === undefined) return [];
  if (kind !== 'date' && kind !== 'time' && kind !== 'timestamp' && kind !== 'timestamptz') return [];
  const parsed = parseFormat(format);
  const problem = typeof parsed === 'string' ? parsed : formatTypeProblem(parsed, kind);
  if (problem !== undefined) return [{ key: 'format', message: problem }];
  if (kind !== 'timestamptz' || typeof parsed === 'string') return [];
  const offset = parsed.some((part) => part.kind === 'offset');
  if (offset && timeZone !== undefined)
    return [{ key: 'timeZone', message: 'has no effect, because the format has a UTC offset: leave it out' }];
  if (!offset && timeZone === undefined)
    return [{ key: 'timeZone', message: 'is required, because the format has no UTC offset (X, XX, XXX or Z)' }];
  return [];
}

/** A declared column: its type, or an object with the type and rules. */
export type ColumnDeclaration = ColumnType | Declared;

function checkColumns(columns: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void {
  const names = Object.keys(columns);
  const issue = (message: string) => context.addIssue({ code: 'custom', message });
  if (names.length > mostColumns) issue(`has ${names.length} columns, more than the limit of ${mostColumns}`);
  const long = names.find((name) => name.length > mostNameBytes || utf8Bytes(name) > mostNameBytes);
  if (long !== undefined) {
    issue(
      `has a name of ${utf8Bytes(long)} bytes (${JSON.stringify(long.slice(0, 40))} …), more than the limit of ${mostNameBytes}`,
    );
  }
}

/** Declared columns by normalised name. Number and length of the names are limited as in a file. */
export const columnsSchema = recordOf(z.union([type, column], { error: typeProblem })).superRefine(checkColumns);

/** Checks that names are written as in a manifest: a header's spelling never matches. */
function checkNames(columns: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void {
  for (const name of Object.keys(columns)) {
    const normal = normaliseName(name);
    if (name === normal) continue;
    context.addIssue({
      code: 'custom',
      path: [name],
      params: { about: 'key' },
      message: `is not a normalised name: write ${normal || 'a name'}`,
    });
  }
}

/** Columns of a dataset, which may have descriptions. */
export const describedColumnsSchema = recordOf(z.union([type, describedColumn], { error: typeProblem }))
  .superRefine(checkColumns)
  .superRefine(checkNames);

/** Declared columns of a dataset, by name. */
export type DescribedColumns = z.infer<typeof describedColumnsSchema>;
