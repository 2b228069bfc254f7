import * as z from 'zod';
import { declarationSchema } from './declaration';

/** The part of JSON Schema that the schema of declarations uses. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** Returns the JSON Schema (draft 2020-12) of declarations, for editors. */
export function declarationJsonSchema(): JsonSchema {
  return z.toJSONSchema(declarationSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
}

/** Returns the keys that an object of the declaration may have, such as those at `source`; none for a free record. */
export function keysAt(path: readonly string[]): string[] {
  let schemas: readonly JsonSchema[] = [declarationJsonSchema()];
  for (const name of path) schemas = schemas.flatMap(alternatives).flatMap((schema) => child(schema, name));
  return [...new Set(schemas.flatMap(alternatives).flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  const parts = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return parts.length === 0 ? [schema] : [schema, ...parts.flatMap(alternatives)];
}

function child({ properties, additionalProperties, items }: JsonSchema, name: string): JsonSchema[] {
  if (properties && Object.hasOwn(properties, name)) return [properties[name] as JsonSchema];
  if (items && /^\d+$/.test(name)) return [items];
  return typeof additionalProperties === 'object' ? [additionalProperties] : [];
}
