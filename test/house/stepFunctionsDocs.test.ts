import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { steps } from '@etl/pipeline/definition';
import { integrationOf } from '../../asl/lint/definition';
import { stateMachine } from '../../asl/machine';
import { withSubstitutions } from '../../asl/settings';
import { variables } from '../../config/environment';
import { aslMutations } from '../equivalence/aslMutations';
import { enumerated } from '../equivalence/scenarios';

const root = join(__dirname, '..', '..');
const text = readFileSync(join(root, 'docs', 'step-functions.md'), 'utf8');
const machine = stateMachine(withSubstitutions());

/** The block under a comment of that name. */
function block(name: string, language: string): string {
  return new RegExp(`<!-- ${name} -->\\n\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\``).exec(text)?.[1] ?? '';
}

/** The cells of the table under a heading of columns. */
function table(heading: string): string[][] {
  const [, rows = ''] = text.split(`| ${heading} |`)[1]?.match(/\n\| ---[^\n]*\n((?:\|.*\n)*)/) ?? [];
  return rows
    .trim()
    .split('\n')
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
const codes = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

describe('substitutions', () => {
  const used = [...new Set(JSON.stringify(machine).match(/(?<=\$\{)\w+(?=\})/g))].sort();
  const rows = table('Substitution | Meaning | Variable of `etl asl`');

  test('the table has all of them, and no others', () => {
    expect(used.length).toBeGreaterThan(10);
    expect(rows.flatMap(([name]) => codes(name)).sort()).toEqual(used);
  });

  test('so has the example', () => {
    const [, example = ''] = /DefinitionSubstitutions:\n((?: {6}\w+:.*\n)+)/.exec(text) ?? [];
    expect([...example.matchAll(/^ {6}(\w+):/gm)].map(([, name]) => name).sort()).toEqual(used);
  });

  test('the variables exist', () => {
    const named = rows.flatMap(([, , cell]) => codes(cell));
    expect(named.length).toBeGreaterThan(9);
    for (const name of named) expect(Object.keys(variables)).toContain(name);
  });
});

test('the table of states has every state, and no other', () => {
  const named = table('State | Action | Reason').flatMap(([name]) => codes(name));
  expect(named.sort()).toEqual(Object.keys(machine.States).sort());
});

test('the table of the lint has every rule, and no other', () => {
  const folders = ['asl/lint', 'asl/lint/rules', 'asl/lint/paths'];
  const sources = folders.flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(root, folder, name), 'utf8')),
  );
  const rules = sources.flatMap((source) => [...source.matchAll(/\brule: '([\w-]+)'/g)].map(([, rule]) => rule));
  expect(
    table('Rule | Finds')
      .flatMap(([name]) => codes(name))
      .sort(),
  ).toEqual([...new Set(rules)].sort());
});

test('the functions have more time than their states have', () => {
  const seconds = Object.fromEntries(
    table('Function | Does | Timeout | Environment').map(([name, , time]) => [codes(name)[0], time]),
  );
  expect(seconds).toEqual({
    'validate-input': `${steps.validateInput.attemptTimeoutSeconds + 30} s`,
    'confirm-commit': `${steps.confirmCommit.attemptTimeoutSeconds + 30} s`,
  });
});

test('what is generated is up to date: npm run generate', () => {
  const told = spawnSync(process.execPath, ['scripts/generate.mjs', '--check'], { cwd: root, encoding: 'utf8' });
  expect(told).toMatchObject({ status: 0, stdout: '', stderr: '' });
});

/** What Step Functions calls for an integration. Source: AWS Step Functions Developer Guide, "IAM policies for integrated services". */
const actionsOf: Record<string, string[]> = {
  'lambda:invoke': ['lambda:InvokeFunction'],
  'ecs:runTask.sync': [
    ...['ecs:RunTask', 'ecs:StopTask', 'ecs:DescribeTasks', 'ecs:TagResource', 'iam:PassRole'],
    ...['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
  ],
  'sns:publish': ['sns:Publish'],
  'sqs:sendMessage': ['sqs:SendMessage'],
};

test('the numbers of scenarios and mutations are those of the tests', () => {
  const random = 40;
  expect(text).toContain(
    `runs ${enumerated.length + random} scenarios, ${enumerated.length} enumerated and ${random} random,`,
  );
  expect(text).toContain(`**${aslMutations.length} mutations of the machine alone**`);
  const mutations = readFileSync(join(root, 'scripts', 'lib', 'workflowMutations.mjs'), 'utf8').match(/^ {4}name: /gm);
  expect(text).toContain(`**${mutations?.length} mutations of the workflow alone**`);
});

test('the policy of the machine allows what its states call, and nothing else', () => {
  const { Statement } = JSON.parse(block('state machine policy', 'json')) as {
    Statement: { Action: string | string[] }[];
  };
  const called = Object.values(machine.States).flatMap((state) => {
    const integration = integrationOf({ ...state });
    return integration === undefined ? [] : (actionsOf[integration] ?? [`unknown: ${integration}`]);
  });
  expect(Statement.flatMap(({ Action }) => Action).sort()).toEqual([...new Set(called)].sort());
});

test.each(['validate-input', 'confirm-commit'])('the policy of %s is JSON', (name) => {
  expect(JSON.parse(block(`${name} policy`, 'json'))).toMatchObject({ Version: '2012-10-17' });
});
