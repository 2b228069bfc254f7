import { count, number } from '@etl/lib/amounts';
import { type Html, html } from '@etl/lib/text/html';
import type { SchemaChanges } from '@etl/pipeline/manifest';
import { schemaChanges } from '@etl/pipeline/schemaChanges';
import { chip, code, isolated, section } from '../page/parts';
import { maxRows, table } from '../page/table';
import type { RunReport } from './data';

interface Row {
  readonly name: string;
  readonly type: string;
  readonly sourceName: string;
  readonly maxBytes?: number | undefined;
  readonly change?: Html | undefined;
}

/** Returns the columns of a commit, with their differences from the dataset's previous commit. */
export function schemaSection({ commit, previous }: RunReport): Html {
  if (!commit) return html``;
  const { schema, schemaChanges: recorded } = commit.manifest;
  const changes = previous ? schemaChanges(previous, schema) : recorded;
  const against = changes?.previous ?? previous;
  const columns = schema.map(({ name, type, sourceName, maxBytes }): Row => {
    return { name, type, sourceName, maxBytes, change: changeOf(name, changes) };
  });
  const gone = (changes?.gone ?? []).map((name): Row => {
    const type = previous?.schema.find((each) => each.name === name)?.type ?? '';
    return { name, type, sourceName: '', change: chip('removed', 'bad') };
  });
  // Changed columns come first when not all have room.
  const rows = [...columns, ...gone];
  const shown =
    rows.length > maxRows
      ? [...rows].sort((a, b) => Number(b.change !== undefined) - Number(a.change !== undefined))
      : rows;
  return section({
    title: 'Schema',
    note: against
      ? html`compared with ${isolated(`${against.batchDate}/${against.source}`)}: ${driftText(changes)}`
      : 'no earlier commit of the dataset is known',
    body: table<Row>({
      label: 'Columns',
      columns: [
        { name: 'Column', value: ({ name }) => code(name) },
        { name: 'Type', kind: 'tight', value: ({ type }) => type },
        { name: 'In the source', value: ({ sourceName }) => isolated(sourceName) },
        {
          name: 'Longest value',
          kind: 'number',
          value: ({ maxBytes }) => (maxBytes === undefined ? '' : count(maxBytes, 'byte')),
        },
        { name: 'Change', kind: 'tight', value: ({ change }) => change },
      ],
      rows: shown,
    }),
  });
}

function changeOf(name: string, changes: SchemaChanges | undefined): Html | undefined {
  if (changes?.added.includes(name)) return chip('new', 'busy');
  const type = changes?.types.find((each) => each.name === name);
  return type && chip(`was ${type.was}`, 'warn');
}

function driftText(changes: SchemaChanges | undefined): string {
  if (!changes) return 'unchanged';
  const { gone, types, added, reordered } = changes;
  const parts = [
    gone.length > 0 && `${number(gone.length)} removed`,
    types.length > 0 && `${count(types.length, 'type')} changed`,
    added.length > 0 && `${number(added.length)} new`,
    reordered && 'another order',
  ];
  return parts.filter(Boolean).join(', ');
}
