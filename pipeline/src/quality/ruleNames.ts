import type { Rule } from './rules';

/* Separate from the schema, so that a thread need not load it. */

/** Returns the columns that a rule is about. */
export function columnsOf(rule: Rule): readonly string[] {
  if (rule.metric === 'rowCount') return [];
  if (rule.metric === 'duplicateValues') return rule.columns ?? [rule.column ?? ''];
  return [rule.column];
}

/** Returns the rule's name, or its metric and columns: `duplicateValues(order, line)`. */
export function nameOf(rule: Rule): string {
  if (rule.name !== undefined) return rule.name;
  if (rule.metric === 'rowCount') return rule.against === undefined ? rule.metric : `rowCount against ${rule.against}`;
  return `${rule.metric}(${columnsOf(rule).join(', ')})`;
}
