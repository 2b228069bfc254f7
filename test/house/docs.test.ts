import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { variables } from '../../config/environment';

const root = join(__dirname, '..', '..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
});
const documents = tracked.trim().split('\n');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Returns the anchor of a heading. Source: GitHub's rendering of Markdown. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

/** Returns the dead links of one document. */
function deadLinks(file: string, text: string): string[] {
  const links = [...text.replace(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : join(dirname(file), decodeURI(path));
    if (!existsSync(join(root, target))) return true;
    if (anchor === undefined) return false;
    const headings = [...read(target).matchAll(/^#+\s+(.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
    return !headings.includes(anchor);
  });
}

test.each(documents)('%s has no dead links', (file) => {
  expect(deadLinks(file, read(file))).toEqual([]);
});

test('detects a dead link', () => {
  expect(deadLinks('README.md', 'see [x](docs/none.md), [y](#no-such-heading) and [z](LICENSE)')).toHaveLength(2);
});

test('every npm script in the documents exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  // A sample is a package with scripts of its own.
  const ours = documents.filter((file) => !file.startsWith('samples/'));
  const named = ours.flatMap((file) => [...read(file).matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name));
  expect(named.length).toBeGreaterThan(3);
  for (const name of named) expect(Object.keys(scripts)).toContain(name);
});

test('every command in the documents exists', () => {
  const help = execFileSync(process.execPath, ['cli/etl.js', '--help'], { cwd: root, encoding: 'utf8' });
  const commands = [...help.matchAll(/^ {2}([\w-]+)[ [<]/gm)].map(([, name = '']) => name);
  const named = documents.flatMap((file) =>
    [...read(file).matchAll(/npx etl ([a-z][\w-]*)/g)].map(([, name = '']) => name),
  );
  expect(named.length).toBeGreaterThan(4);
  for (const name of named) expect(commands).toContain(name);
});

test('docs/configuration.md lists every variable with the description in config/environment.ts', () => {
  const rows = read('docs/configuration.md').split('\n');
  const listed = Object.entries(variables).map(([name, schema]) => [
    name,
    rows.some((row) => row.startsWith(`| \`${name}\` | `) && row.endsWith(` | ${schema.description} |`)),
  ]);
  expect(listed.filter(([, isListed]) => !isListed)).toEqual([]);
});

test('docs/configuration.md has the default of every variable that has one', () => {
  const shown = [...read('docs/configuration.md').matchAll(/^\| `(\w+)` \| `(.*?)` \|/gm)].map(
    ([, name = '', value]) => [name, value],
  );
  const defaults = Object.keys(variables).flatMap((name) => {
    const value = variables[name as keyof typeof variables].safeParse(undefined).data;
    return value === undefined ? [] : [[name, String(value)]];
  });
  expect(shown).toEqual(defaults);
  expect(shown).toContainEqual(['ETL_MESSAGE_LANGUAGE', 'es']);
});
