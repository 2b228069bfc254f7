import { isCalendarDate } from '@etl/lib/names';
import { isTimeZone } from '@etl/lib/timeZones';
import * as z from 'zod';
import { maxPattern, patternProblem } from './pattern';
import { operatorNames, operators, operatorsOf } from './thresholds';

/** Effect of a failed gate: `block` fails the run, `hold` keeps the converted data until it is approved. */
export const gateLevel = z.enum(['block', 'hold']);

/** Maximum number of rules, and of rules that compare whole columns. */
export const maxRules = 100;
export const maxDuplicateRules = 10;

const column = z.string().min(1).max(1000).describe('Normalised name of a column');
const texts = z.array(z.string().max(1000)).max(1000, 'has more than 1000 entries');
const unit = z.enum(['rows', 'percent']).optional().describe('percent: of the rows written. Default: rows');

const common = {
  name: z.string().min(1).max(100).optional().describe('Name in results and messages. Default: metric and columns'),
  /** `warn` adds a warning to the manifest. @default 'block' */
  level: z.enum(['block', 'hold', 'warn']).optional().describe('Effect of a failed rule. Default: block'),
};
const counted = { ...common, ...operators, unit };

/** A value as a literal: the notation of JSON, and ISO 8601 for dates and times. */
const bound = z.union([z.number(), z.string().min(1).max(1000)], 'must be a number or a text');
const literal = z.union([z.number(), z.boolean(), z.string().max(1000)], 'must be a number, a text, true or false');

const nullValues = z.strictObject({ metric: z.literal('nullValues'), column, ...counted });

const missingValues = z.strictObject({
  metric: z.literal('missingValues'),
  column,
  missingValues: texts.min(1).describe('Texts that count as missing, besides nulls'),
  ...counted,
});

const validity = {
  min: bound.optional(),
  max: bound.optional(),
  allowed: z.array(literal).min(1).max(10_000, 'has more than 10000 entries').optional(),
  pattern: z
    .string()
    .min(1)
    .max(maxPattern, `has more than ${maxPattern} characters`)
    .superRefine((pattern, context) => {
      const problem = patternProblem(pattern);
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
    })
    .optional()
    .describe('Regular expression in the syntax of RE2, found anywhere in the text unless it has ^ and $'),
  minLength: z.number().int().nonnegative().optional(),
  maxLength: z.number().int().nonnegative().optional(),
} as const;

/** Returns whether a bound is after another. Only the type of the column orders texts that are not calendar dates. */
function isAfter(from: string | number | undefined, to: string | number | undefined): boolean {
  if (typeof from === 'number' && typeof to === 'number') return from > to;
  return typeof from === 'string' && typeof to === 'string' && isCalendarDate(from) && isCalendarDate(to) && from > to;
}

const invalidValues = z
  .strictObject({ metric: z.literal('invalidValues'), column, ...validity, ...counted })
  .refine(
    (rule) => Object.keys(validity).some((key) => key in rule),
    `needs at least one of ${Object.keys(validity).join(', ')}`,
  )
  .superRefine(({ min, max, minLength = 0, maxLength = Number.POSITIVE_INFINITY }, context) => {
    const issue = (key: string, message: string) => context.addIssue({ code: 'custom', message, path: [key] });
    if (isAfter(min, max)) issue('max', 'must not be less than min');
    if (minLength > maxLength) issue('maxLength', 'must not be less than minLength');
  });

const duplicateValues = z
  .strictObject({
    metric: z.literal('duplicateValues'),
    column: column.optional(),
    columns: z.array(column).min(1).max(16, 'has more than 16 entries').optional(),
    ...counted,
  })
  .refine((rule) => (rule.column === undefined) !== (rule.columns === undefined), 'needs either column or columns');

const rowCount = z
  .strictObject({
    metric: z.literal('rowCount'),
    /** Compares with earlier batch dates: the value is a percentage of their rows. */
    against: z.enum(['previous', 'average']).optional(),
    ...counted,
  })
  .superRefine((rule, context) => {
    const issue = (message: string, path: string[] = []) => context.addIssue({ code: 'custom', message, path });
    if (operatorsOf(rule).length === 0) issue(`needs one of ${operatorNames.join(', ')}`);
    if (rule.against === undefined && rule.unit === 'percent') issue('must be rows without against', ['unit']);
    if (rule.against !== undefined && rule.unit !== 'percent') issue('must be percent with against', ['unit']);
  });

const freshness = z.strictObject({
  metric: z.literal('freshness'),
  column,
  maxAgeDays: z.number().nonnegative().describe('Maximum age of the newest value at the end of the batch date'),
  timeZone: z
    .string()
    .refine(isTimeZone, 'is not an IANA time zone, such as Europe/Madrid')
    .optional()
    .describe('Time zone of the batch date. Default: UTC'),
  ...common,
});

const kinds = [nullValues, missingValues, invalidValues, duplicateValues, rowCount, freshness] as const;
const metrics = kinds.map(({ shape }) => shape.metric.value);

const rule = z
  .discriminatedUnion('metric', kinds, {
    error: (issue) => (issue.code === 'invalid_union' ? `must be one of ${metrics.join(', ')}` : undefined),
  })
  .superRefine((each, context) => {
    const [, second] = operatorsOf(each);
    if (second === undefined) return;
    context.addIssue({ code: 'custom', message: 'is a second operator: write one per rule', path: [second] });
  });

const rules = z
  .array(rule)
  .max(maxRules, `has more than ${maxRules} entries`)
  .superRefine((all, context) => {
    const duplicates = all.filter(({ metric }) => metric === 'duplicateValues').length;
    if (duplicates <= maxDuplicateRules) return;
    const message = `has ${duplicates} rules with duplicateValues, more than the limit of ${maxDuplicateRules}`;
    context.addIssue({ code: 'custom', message });
  })
  .superRefine((all, context) => {
    const names = all.map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (name === undefined || names.indexOf(name) === index) continue;
      context.addIssue({ code: 'custom', message: 'is the name of another rule, too', path: [index, 'name'] });
    }
  });

export const qualitySchema = z.strictObject({
  rowCount: z
    .strictObject({
      /** Minimum number of rows written. A batch of zero rows is blocked unless this is 0. */
      min: z.number().int().nonnegative().optional(),
      level: gateLevel.optional(),
    })
    .optional(),
  /** Effect of a schema that differs from the previous commit's. @default 'evolve' */
  schemaDrift: z.enum(['evolve', 'freeze', 'warn']).optional(),
  rules: rules.optional(),
});

export type Quality = z.infer<typeof qualitySchema>;
/** A rule about the rows of a batch, evaluated before its commit. */
export type Rule = z.infer<typeof rule>;
export type RuleOf<Metric extends Rule['metric']> = Extract<Rule, { metric: Metric }>;
