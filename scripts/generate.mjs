// Writes the generated files and blocks of documents: the state machine, its diagrams and tables, and the flags of the commands.
// Compiles the kernel, too. Installs and builds a fresh clone first.
//   --check   changes nothing, lists the files that are out of date, and fails if there are any; uses an existing build
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ensureInstalled, root } from './lib/ensure-installed.mjs';
import { nullWordsSource } from './lib/null-words.mjs';
import { publicTypes } from './lib/public-types.mjs';

const check = process.argv.includes('--check');
if (!check || !existsSync(join(root, 'dist', 'cli', 'main.js'))) ensureInstalled();

const require = createRequire(import.meta.url);
const load = (module) => require(join(root, 'dist', 'step-functions', 'definition', `${module}.js`));
const { commandBlocks } = require(join(root, 'dist', 'cli', 'reference.js'));
const machine = load('machine').stateMachine(load('settings').withSubstitutions());
const { variables } = require(join(root, 'dist', 'config', 'environment.js'));
const variablesTable = [
  '| Variable | Default | Meaning |',
  '| --- | --- | --- |',
  ...Object.entries(variables).map(([name, schema]) => {
    const value = schema.parse(undefined);
    return `| \`${name}\` | ${value === undefined ? '' : `\`${value}\``} | ${schema.description} |`;
  }),
].join('\n');
const { failureTypes } = require('@etl/pipeline/failures/table');
const failuresTable = [
  '| failure type | budget | exit codes | means |',
  '| --- | --- | --- | --- |',
  ...Object.entries(failureTypes).map(([type, { budget, exitCodes = [], meaning }]) => {
    // TaskFailed also covers all codes without a row.
    const codes = [...exitCodes, ...(type === 'TaskFailed' ? ['any other'] : [])].join(', ');
    return `| \`${type}\` | ${budget} | ${codes} | ${meaning} |`;
  }),
].join('\n');
const { remedies } = require('@etl/pipeline/failures/remedies');
const remediesTable = [
  '| Failure type | First | Then |',
  '| --- | --- | --- |',
  ...Object.entries(remedies).map(([type, { first, command }]) => {
    return `| \`${type}\` | ${first} | \`etl ${command === 'replay' ? 'sink replay' : command}\` |`;
  }),
].join('\n');
const mermaid = (picture) => `\`\`\`mermaid\n${picture}\n\`\`\``;

/** Blocks of documents by name: the text between `<!-- name -->` and `<!-- /name -->`. */
const blocks = {
  'docs/configuration.md': { variables: variablesTable },
  'docs/cli.md': commandBlocks(),
  'docs/cost.md': {
    prices: require('@etl/pipeline/prices/document').pricesTable(require('@etl/pipeline/prices/table').listPrices),
  },
  'docs/fargate.md': { failures: failuresTable },
  'docs/operations.md': { remedies: remediesTable },
  'docs/library-types.md': { types: publicTypes() },
  'docs/monitoring.md': { metrics: require(join(root, 'dist', 'workers', 'metrics', 'table.js')).metricsDocument() },
  'docs/routing.md': { policy: require('@etl/pipeline/routing/policy').policyTable() },
  'docs/step-functions.md': {
    'picture of the machine': mermaid(load('picture').machinePicture(machine)),
    'picture of the workflow': mermaid(load('workflowPicture').workflowPicture()),
    differences: load('differences').differencesTable().trim(),
  },
};

const outdated = [];

function put(file, text) {
  const path = join(root, file);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  outdated.push(file);
  if (!check) writeFileSync(path, text);
}

put('etl-image/assembly/nullWords.ts', nullWordsSource([...require('@etl/image/types/nullWords').nullWords]));
put('step-functions/etl-pipeline.asl.json', `${JSON.stringify(machine, null, 2)}\n`);
for (const [file, parts] of Object.entries(blocks)) {
  let text = readFileSync(join(root, file), 'utf8');
  for (const [name, content] of Object.entries(parts)) {
    const place = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(\n?<!-- /${name} -->)`);
    if (!place.test(text)) throw new Error(`${file} has no block <!-- ${name} --> … <!-- /${name} -->`);
    text = text.replace(place, (_, begin) => `${begin}${content}\n<!-- /${name} -->`);
  }
  put(file, text);
}
for (const file of outdated) console.log(`${file}: ${check ? 'out of date. Run npm run generate' : 'written'}`);
const { status } = spawnSync(
  process.execPath,
  [join(root, 'etl-image', 'kernel.mjs'), check ? '--check' : '--compile'],
  {
    stdio: 'inherit',
  },
);
process.exitCode = status !== 0 || (check && outdated.length > 0) ? 1 : 0;
