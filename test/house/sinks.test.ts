import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

function sources(folder: string): string[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (name === 'dist' || name === 'node_modules') return [];
    if (statSync(join(root, path)).isDirectory()) return sources(path);
    return /\.ts$/.test(name) ? [path] : [];
  });
}

/** Unencoded output, and the only files that may produce it. */
const sinks: readonly [string, RegExp, readonly string[], readonly string[]][] = [
  ['current details of the Web UI', /setCurrentDetails\(/, ['workflows'], ['workflows/details.ts']],
  ['lines on a terminal', /\bstd(?:out|err)\.write\(|console\./, ['cli'], ['cli/output.ts']],
  ['texts of the Web UI', /static(?:Summary|Details): (?!summary\()/, ['cli', 'workers', 'workflows'], []],
  ['elements of HTML', /(?<!\bhtml)`\s*<|['"]<[a-z/!]/, ['report', 'cli/report'], []],
  ['attributes of HTML', /=\$\{/, ['report'], []],
];

test.each(sinks)('%s pass through their encoder', (_sink, pattern, folders, allowed) => {
  const files = folders.flatMap(sources).filter((file) => !allowed.includes(file));
  const found = files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});
