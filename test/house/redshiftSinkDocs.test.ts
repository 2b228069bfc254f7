import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { simpleTypes } from '@etl/pipeline/columns/types';
import type { SchemaColumn } from '@etl/pipeline/manifest';
import { redshiftSinkSchema } from '@etl/pipeline/sinks/redshift';
import { changesFor } from '../../aws/sinks/redshift/evolution';
import { targetOf } from '../../aws/sinks/redshift/target';
import { loadSteps } from '../../aws/sinks/redshift/transaction';
import { columnType } from '../../aws/sinks/redshift/types';
import { commitWith, redshiftSink } from '../support/redshift/samples';
import { actionsOf } from './policies/needs';

const text = readFileSync(join(__dirname, '..', '..', 'docs', 'sinks.md'), 'utf8');
const tableOf = (name: string): string =>
  new RegExp(`<!-- redshift ${name} -->\\n([\\s\\S]*?)\\n<!-- /redshift ${name} -->`).exec(text)?.[1] ?? '';
const blockOf = (name: string): string =>
  new RegExp(`<!-- redshift ${name} -->\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``).exec(text)?.[1] ?? '';

const columns: readonly SchemaColumn[] = [
  { name: 'id', type: 'integer', sourceName: 'id' },
  { name: 'name', type: 'text', sourceName: 'name', maxBytes: 40 },
  { name: 'placed_at', type: 'timestamptz', sourceName: 'placed_at' },
];
const commit = commitWith(columns);

test('the documented transaction is that of the code', () => {
  const steps = loadSteps(commit, redshiftSink(), 's3://lake/status/copy-manifest.json');
  expect(blockOf('transaction')).toBe(steps.map(({ name, sql }) => `-- ${name}\n${sql};\n`).join(''));
});

test('the documented ledger is that of the code', () => {
  const target = targetOf(commit, redshiftSink());
  const [ledger] = changesFor(columns, { table: [], ledger: [] }, target, redshiftSink());
  expect(blockOf('ledger')).toBe(`${ledger?.sqls[0]};\n`);
});

test('the documented types are those of the code', () => {
  const rows = simpleTypes.map((type) => [type, columnType({ type }).replace(/\(\d+\)/, '')]);
  const decimal = columnType({ type: 'decimal(7,3)' }).replace('7,3', 'p,s');
  const documented = [...rows, ['decimal(p,s)', decimal]].map(([type, name]) => `| \`${type}\` | \`${name}\` |`);
  expect(tableOf('types')).toBe(['| Column | Redshift |', '| --- | --- |', ...documented].join('\n'));
});

test('the documented keys are those of a declaration', () => {
  const keys = Object.entries(redshiftSinkSchema.shape).filter(([key]) => key !== 'type');
  const documented = keys.map(([key, { description }]) => `| \`${key}\` | ${description} |`);
  expect(tableOf('keys')).toBe(['| Key | Meaning |', '| --- | --- |', ...documented].join('\n'));
});

test('the documented policy of the worker allows exactly what the sink calls', () => {
  const { Statement } = JSON.parse(blockOf('worker policy')) as { Statement: { Action: string | string[] }[] };
  const needed = Object.entries(actionsOf).flatMap(([command, actions]) =>
    command.startsWith('client-redshift-data/') ? actions : [],
  );
  expect(Statement.flatMap(({ Action }) => Action).sort()).toEqual([...new Set(needed)].sort());
  expect(() => JSON.parse(blockOf('copy policy'))).not.toThrow();
});
