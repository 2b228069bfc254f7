import type { Manifest, SchemaChanges, SchemaColumn } from './manifest';

/** Schema of a commit, with the commit's identity. */
export interface KnownSchema {
  readonly batchDate: string;
  readonly source: string;
  readonly schema: readonly Pick<SchemaColumn, 'name' | 'type'>[];
}

/** Returns the differences from an earlier schema; undefined when names, types and order are equal. */
export function schemaChanges(previous: KnownSchema, schema: KnownSchema['schema']): SchemaChanges | undefined {
  const before = new Map(previous.schema.map(({ name, type }) => [name, type]));
  const now = new Map(schema.map(({ name, type }) => [name, type]));
  const common = [...now.keys()].filter((name) => before.has(name));
  const commonBefore = [...before.keys()].filter((name) => now.has(name));
  const changes = {
    gone: [...before.keys()].filter((name) => !now.has(name)),
    types: common.flatMap((name) => {
      const [was, is] = [before.get(name) ?? '', now.get(name) ?? ''];
      return was === is ? [] : [{ name, was, is }];
    }),
    added: [...now.keys()].filter((name) => !before.has(name)),
    reordered: common.some((name, index) => name !== commonBefore[index]),
  };
  const { gone, types, added, reordered } = changes;
  if (gone.length + types.length + added.length === 0 && !reordered) return undefined;
  return { previous: { batchDate: previous.batchDate, source: previous.source }, ...changes };
}

/** First words of the warning, which identify it among others. */
export const schemaWarningStart = 'schema differs from ';
const maxChanges = 10;
const maxNameLength = 60;

/**
 * Returns `schema differs from 2026-02-07/ventas: column amount was removed; qty was integer and is double; new column x`.
 */
export function describeSchemaChanges({ previous, gone, types, added, reordered }: SchemaChanges): string {
  const changes = [
    ...gone.map((name) => `column ${short(name)} was removed`),
    ...types.map(({ name, was, is }) => `${short(name)} was ${was} and is ${is}`),
    ...added.map((name) => `new column ${short(name)}`),
    ...(reordered ? ['the column order changed'] : []),
  ];
  const more = changes.length - maxChanges;
  const shown = [...changes.slice(0, maxChanges), ...(more > 0 ? [`and ${more} more changes`] : [])];
  return `${schemaWarningStart}${previous.batchDate}/${previous.source}: ${shown.join('; ')}`;
}

/** Bounds the length of a message, whatever a header contains. */
const short = (name: string): string => (name.length > maxNameLength ? `${name.slice(0, maxNameLength)}…` : name);

/** Returns the manifest with the changes since an earlier commit as its first warning. */
export function withSchemaChanges(manifest: Manifest, previous: KnownSchema | undefined): Manifest {
  const changes = previous && schemaChanges(previous, manifest.schema);
  if (!changes) return manifest;
  return { ...manifest, warnings: [describeSchemaChanges(changes), ...manifest.warnings], schemaChanges: changes };
}
