import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes } from '@etl/pipeline/failures/exitCodes';
import { failureTypes } from '@etl/pipeline/failures/table';
import { cliExitCodes, exitCodeOfFailure } from '../../cli/errors';
import { commandBlocks, namedCommands, parametersOf } from '../../cli/reference';

const root = join(__dirname, '..', '..');
const document = readFileSync(join(root, 'docs', 'cli.md'), 'utf8');

/** Flags that every command has, declared by commander or in cli/main.ts. */
const globalFlags = ['--help', '--verbose', '--version'];

/** Sections below the heading `## Commands`, by command name. */
const sections = new Map(
  (document.split('\n## Commands\n')[1]?.split('\n## ')[0] ?? '')
    .split('\n### ')
    .slice(1)
    .map((section) => [section.split('\n', 1)[0]?.replaceAll('`', '') ?? '', section]),
);

const flagsIn = (text: string): string[] => [...text.matchAll(/--[a-z][a-z-]*/g)].map(([flag]) => flag);
const inCode = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

/** Meanings in the table of exit codes, by code. */
const exitCodeRows = new Map(
  [...document.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map(([, code, meaning = '']) => [Number(code), meaning]),
);

test('docs/cli.md has one section per command, in the order of the help', () => {
  expect([...sections.keys()]).toEqual(namedCommands().map(({ name }) => name));
});

test.each(Object.entries(commandBlocks()))('docs/cli.md contains the generated %s', (name, block) => {
  const section = sections.get(name.replace('flags of ', ''));
  expect(section).toContain(`<!-- ${name} -->\n${block}\n<!-- /${name} -->`);
});

test.each(namedCommands())('the section of $name names only flags of the command', ({ name, command }) => {
  const declared = command.options.map(({ long }) => long);
  for (const flag of flagsIn(sections.get(name) ?? '')) expect([...declared, ...globalFlags]).toContain(flag);
});

test('docs/cli.md names only existing flags', () => {
  const declared = namedCommands().flatMap(({ command }) => command.options.map(({ long }) => long));
  const named = inCode(document).flatMap(flagsIn);
  expect(named.length).toBeGreaterThan(50);
  for (const flag of named) expect([...declared, ...globalFlags]).toContain(flag);
});

test('a table lists the default of an option, including one named in the description', () => {
  const run = namedCommands().find(({ name }) => name === 'etl run');
  const up = namedCommands().find(({ name }) => name === 'etl up');
  const rows = [run, up].flatMap((each) => (each ? parametersOf(each.command) : []));
  const byDefault = Object.fromEntries(rows.map((row) => [row.parameter, row.byDefault]));
  expect(byDefault).toMatchObject({
    '<file>': 'required',
    '--date <YYYY-MM-DD>': 'required',
    '--priority <n>': '3',
    '--ecs-port <port>': '7299',
    '--force': '',
  });
});

/** Returns the `exitCodes` that the sources of the command use, such as `exitCodes.tryAgain`. */
function namedInSources(): number[] {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'cli', 'config'], { cwd: root });
  const sources = files
    .toString()
    .trim()
    .split('\n')
    .filter((file) => file.endsWith('.ts'));
  const text = sources.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
  const names = [...text.matchAll(/\bexitCodes\.(\w+)/g)].map(([, name = '']) => name as keyof typeof exitCodes);
  return names.map((name) => exitCodes[name]);
}

test('docs/cli.md lists exactly the exit codes of the command', () => {
  const ofFailures = Object.keys(failureTypes).map(exitCodeOfFailure);
  const expected = new Set([...Object.values(cliExitCodes), ...ofFailures, ...namedInSources()]);
  expect([...exitCodeRows.keys()]).toEqual([...expected].sort((one, other) => one - other));
});

test('the row of an exit code names every failure type with this code', () => {
  for (const type of Object.keys(failureTypes)) {
    const code = exitCodeOfFailure(type);
    if (code !== cliExitCodes.failed) expect(exitCodeRows.get(code)).toContain(`\`${type}\``);
  }
});
