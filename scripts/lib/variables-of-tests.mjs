import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const isFile = (path) => existsSync(path) && statSync(path).isFile();

/** Returns the variables of test tools (`ETL_TEST_…`) that tests name, themselves or in files that they import. */
export function variablesOfTests(tests) {
  const seen = new Set();
  const names = new Set();
  const visit = (file) => {
    if (file === undefined || seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [name] of text.matchAll(/\bETL_TEST_[A-Z_]+/g)) names.add(name);
    for (const [, path] of text.matchAll(/(?:\bfrom|\brequire\(|\bimport\()\s*'(\.[^']+)'/g)) {
      const target = join(dirname(file), path);
      visit([target, `${target}.ts`, `${target}.js`, join(target, 'index.ts')].find(isFile));
    }
  };
  for (const test of tests) visit(test);
  return names;
}
