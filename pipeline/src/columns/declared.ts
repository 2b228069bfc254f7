import type { ColumnDeclaration, ColumnRules } from './columnSchema';
import type { ColumnType } from './types';

/* Separate from the schema, so that a thread need not load it. */

/** Returns the type of a declaration. */
export function declaredType(declared: ColumnDeclaration): ColumnType {
  return typeof declared === 'string' ? declared : declared.type;
}

/** Returns the rules of a declaration; undefined if it has none. */
export function declaredRules(declared: ColumnDeclaration): ColumnRules | undefined {
  if (typeof declared === 'string') return undefined;
  const { type: _, ...rules } = declared;
  return Object.keys(rules).length > 0 ? rules : undefined;
}
