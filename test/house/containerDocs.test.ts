import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnvironment, variables } from '@etl/image/config/environment';
import { withRunIdentity } from '@etl/image/config/runIdentity';
import { operatorVariables } from '@etl/pipeline/allowedPlacesFrom';
import { silenceSeconds } from '@etl/pipeline/awsClients';
import { type ContainerMode, containerEnvironment } from '@etl/pipeline/container';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { budgetOf, failureTypeOfExitCode, failureTypes } from '@etl/pipeline/failures/table';

const document = readFileSync(join(__dirname, '..', '..', 'docs', 'container.md'), 'utf8');

/** Returns the cells of the first table below a heading, without its header row. */
function tableBelow(heading: string): string[][] {
  const [, section = ''] = document.split(`\n## ${heading}\n`);
  const [, rows = ''] = /\n\| ---[^\n]*\n((?:\|.*\n)+)/.exec(section) ?? [];
  return rows
    .trim()
    .split('\n')
    .map((row) =>
      row
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('the environment', () => {
  const rows = tableBelow('Environment').map(([name = '', , fallback = '']) => [name.slice(1, -1), fallback] as const);
  const defaults = new Map(rows);

  const modes: readonly ContainerMode[] = [
    { kind: 'convert' },
    { kind: 'shard', number: 1, of: 2, indexUri: 's3://lake/index.json', reconcileUri: 's3://lake/reconcile.json' },
    { kind: 'commit', shards: { of: 2, indexUri: 's3://lake/index.json' } },
  ];
  const launched = modes.flatMap((mode) =>
    Object.keys(
      containerEnvironment({
        ...{ inputUri: 's3://raw/a.csv', destination: 's3://lake', dataset: 'a', source: 'a', batchDate: '2026-02-08' },
        ...{ workflowId: 'etl/a', runId: 'a', generation: 1, runStartedAt: '2026-02-08T01:00:00Z' },
        ...{ chunkRows: 1, options: {}, timeoutSeconds: 1, sourceFingerprint: 'a', replaces: 's3://raw/b.csv', mode },
      }),
    ),
  );

  test('the table lists exactly the variables that the program reads and a launch sets', () => {
    const known = [...new Set([...Object.keys(variables), ...operatorVariables, ...launched])];
    expect(rows.map(([name]) => name).sort()).toEqual(known.sort());
  });

  const declared = Object.entries(variables).flatMap(([name, schema]) => {
    const { data } = schema.safeParse(undefined);
    return data === undefined ? [] : [[name, typeof data === 'object' ? JSON.stringify(data) : String(data)] as const];
  });

  test.each(declared)('%s has the default %s', (name, value) => {
    expect(defaults.get(name)).toBe(`\`${value}\``);
  });

  test('a variable is required if the program has no other source for it', async () => {
    const identity = await withRunIdentity({});
    const missing = (): string[] => {
      try {
        parseEnvironment(identity);
      } catch (error) {
        return [...(error as Error).message.matchAll(/([A-Z_]+): /g)].map(([, name = '']) => name);
      }
      return [];
    };
    expect(rows.filter(([, fallback]) => fallback === 'required').map(([name]) => name)).toEqual(missing());
    for (const name of Object.keys(identity)) expect(defaults.get(name)).not.toBe('');
  });

  test('S3_TIMEOUT_SECONDS has the default of the store', () => {
    expect(defaults.get('S3_TIMEOUT_SECONDS')).toBe(`\`${silenceSeconds('s3')}\``);
  });
});

test('the table lists every exit code with its failure type and whether it is retried', () => {
  const codes = [...Object.values(exitCodes), ...Object.values(failureTypes).flatMap(({ exitCodes: of = [] }) => of)];
  const expected = [...new Set<number>(codes)]
    .sort((a, b) => a - b)
    .map((code) => {
      if (code === exitCodes.done) return ['0', '', ''];
      const type = failureTypeOfExitCode(code);
      return [`${code}`, `\`${type}\``, budgetOf(type) === 'none' ? 'no' : 'yes'];
    });
  expect(tableBelow('Exit codes').map(([code, , type, retry]) => [code, type, retry])).toEqual(expected);
});
