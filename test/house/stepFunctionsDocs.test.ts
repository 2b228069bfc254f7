import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { steps } from '@etl/pipeline/definition';
import { variables } from '../../config/environment';
import { stateMachine } from '../../step-functions/definition/machine';
import { withSubstitutions } from '../../step-functions/definition/settings';
import { integrationOf } from '../../step-functions/lint/definition';
import { aslMutations } from '../equivalence/aslMutations';
import { enumerated } from '../equivalence/scenarios';

const root = join(__dirname, '..', '..');
const text = readFileSync(join(root, 'docs', 'step-functions.md'), 'utf8');
const machine = stateMachine(withSubstitutions());

/** Returns the block under a comment with that name. */
function block(name: string, language: string): string {
  return new RegExp(`<!-- ${name} -->\\n\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\``).exec(text)?.[1] ?? '';
}

/** Returns the cells of the table with these column headings. */
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

  test('the table lists exactly the substitutions of the machine', () => {
    expect(used.length).toBeGreaterThan(10);
    expect(rows.flatMap(([name]) => codes(name)).sort()).toEqual(used);
  });

  test('the example lists exactly the substitutions of the machine', () => {
    const [, example = ''] = /DefinitionSubstitutions:\n((?: {6}\w+:.*\n)+)/.exec(text) ?? [];
    expect([...example.matchAll(/^ {6}(\w+):/gm)].map(([, name]) => name).sort()).toEqual(used);
  });

  test('the variables exist', () => {
    const named = rows.flatMap(([, , cell]) => codes(cell));
    expect(named.length).toBeGreaterThan(9);
    for (const name of named) expect(Object.keys(variables)).toContain(name);
  });
});

test('the table of states lists exactly the states of the machine', () => {
  const named = table('State | Action | Reason').flatMap(([name]) => codes(name));
  expect(named.sort()).toEqual(Object.keys(machine.States).sort());
});

test('the table of lint rules lists exactly the rules', () => {
  const folders = ['step-functions/lint', 'step-functions/lint/rules', 'step-functions/lint/paths'];
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

test('the functions have longer timeouts than their states', () => {
  const seconds = Object.fromEntries(
    table('Function | Does | Timeout | Environment').map(([name, , time]) => [codes(name)[0], time]),
  );
  expect(seconds).toEqual({
    'validate-input': `${steps.validateInput.attemptTimeoutSeconds + 30} s`,
    'confirm-commit': `${steps.confirmCommit.attemptTimeoutSeconds + 30} s`,
    'apply-sinks': `${steps.applySink.attemptTimeoutSeconds + 30} s`,
  });
});

test('generated files are up to date (npm run generate)', () => {
  const check = spawnSync(process.execPath, ['scripts/generate.mjs', '--check'], { cwd: root, encoding: 'utf8' });
  expect(check).toMatchObject({ status: 0, stdout: '', stderr: '' });
});

/** Actions of an integration. Source: AWS Step Functions Developer Guide, "IAM policies for integrated services". */
const actionsOf: Record<string, string[]> = {
  'lambda:invoke': ['lambda:InvokeFunction'],
  'ecs:runTask.sync': [
    ...['ecs:RunTask', 'ecs:StopTask', 'ecs:DescribeTasks', 'ecs:TagResource', 'iam:PassRole'],
    ...['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
  ],
  'sns:publish': ['sns:Publish'],
  'sqs:sendMessage': ['sqs:SendMessage'],
};

test('the numbers of scenarios and mutations match the tests', () => {
  const random = 40;
  expect(text).toContain(
    `runs ${enumerated.length + random} scenarios, ${enumerated.length} enumerated and ${random} random,`,
  );
  expect(text).toContain(`**${aslMutations.length} mutations of the machine alone**`);
  const mutations = readFileSync(join(root, 'scripts', 'lib', 'workflowMutations.mjs'), 'utf8').match(/^ {4}name: /gm);
  expect(text).toContain(`**${mutations?.length} mutations of the workflow alone**`);
});

test('the policy of the machine allows exactly what its states call', () => {
  const { Statement } = JSON.parse(block('state machine policy', 'json')) as {
    Statement: { Action: string | string[] }[];
  };
  const called = Object.values(machine.States).flatMap((state) => {
    const integration = integrationOf({ ...state });
    return integration === undefined ? [] : (actionsOf[integration] ?? [`unknown: ${integration}`]);
  });
  expect(Statement.flatMap(({ Action }) => Action).sort()).toEqual([...new Set(called)].sort());
});

test.each(['validate-input', 'confirm-commit', 'apply-sinks'])('the policy of %s is valid JSON', (name) => {
  expect(JSON.parse(block(`${name} policy`, 'json'))).toMatchObject({ Version: '2012-10-17' });
});
