// The entry points of the package and their types: everything else in it is private.
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './ensure-installed.mjs';

/** Returns the entry points with the files of their types: `./worker` has `dist/api/worker.d.ts`. */
export function entryPoints() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.entries(exports).flatMap(([name, { types }]) => (types ? [{ name, types: join(types) }] : []));
}

/** Returns the files with the types of these entry points, including those that they import. Requires a build. */
export function declarationFiles(entries = entryPoints()) {
  const found = new Set();
  const visit = (file) => {
    if (found.has(file)) return;
    found.add(file);
    for (const [, path] of declarationsIn(file).matchAll(/from '(\.[^']+)'/g))
      visit(join(dirname(file), `${path}.d.ts`));
  };
  for (const { types } of entries) visit(types);
  return [...found];
}

const declarationsIn = (file) => readFileSync(join(root, file), 'utf8');

/** Returns the types of the package as Markdown: a block for each file. */
export function publicTypes() {
  const names = new Map(entryPoints().map(({ name, types }) => [types, `etl-orchestrator/${relative('.', name)}`]));
  return declarationFiles()
    .map((file) => {
      const title = names.has(file) ? `\`${names.get(file)}\`` : `Types of \`${file}\``;
      return `### ${title}\n\n\`\`\`ts\n${declarationsIn(file).trim()}\n\`\`\``;
    })
    .join('\n\n');
}
