import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const scripts = ['bench', 'scripts'].flatMap((folder) =>
  (readdirSync(join(root, folder), { recursive: true }) as string[])
    .filter((name) => name.endsWith('.mjs'))
    .map((name) => join(folder, name)),
);

/** Returns the source of a compiled module: `./lib/dist/uri.js` is `lib/src/uri.ts`, `./dist/cli/main.js` is `cli/main.ts`. */
const sourceOf = (module: string): string =>
  module
    .replace(/^(\.\.?\/)+/, '')
    .replace(/^dist\//, '')
    .replace('/dist/', '/src/')
    .replace(/\.js$/, '.ts');

const required = scripts.flatMap((script) =>
  [...readFileSync(join(root, script), 'utf8').matchAll(/\('(\.[^']*\bdist\/[^']*\.js)'\)/g)].map(
    ([, module = '']) => [script, module] as const,
  ),
);

test('scripts and benchmarks require compiled modules whose sources exist', () => {
  expect(required.length).toBeGreaterThan(10);
  expect(required.filter(([, module]) => !existsSync(join(root, sourceOf(module))))).toEqual([]);
});

interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly edits: readonly (readonly [from: string, to: string])[];
}

test('each mutation of the workflow changes text that its file has', () => {
  const { workflowMutations } = jest.requireActual<{ workflowMutations: readonly Mutation[] }>(
    '../../scripts/lib/workflowMutations.mjs',
  );
  expect(workflowMutations.length).toBeGreaterThan(10);
  const outdated = workflowMutations.filter(({ file, edits }) => {
    const text = readFileSync(join(root, file), 'utf8');
    return edits.some(([from]) => !text.includes(from));
  });
  expect(outdated.map(({ name }) => name)).toEqual([]);
});
