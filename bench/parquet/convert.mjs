// usage: convert.mjs CONTENDER SOURCE TARGET LIBRARIES. Converts one chunk of CSV in one thread, and prints the figures.
import { createReadStream, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../scripts/lib/ensure-installed.mjs';
import { loaderOf } from '../libraries/install.mjs';
import { contenders } from './contenders.mjs';
import { header } from './data.mjs';

const [name, source, target, libraries] = process.argv.slice(2);
const require = createRequire(join(root, 'etl-image', 'package.json'));
const compiled = (file) => require(`./dist/${file}.js`);

const { encodeGroup, openPart } = await contenders[name](loaderOf(libraries));
if (encodeGroup) {
  compiled('engine/kernel/encodeGroup').encodeGroup = encodeGroup;
  // Libraries build their own dictionaries.
  compiled('engine/kernel/column').GroupColumn.prototype.endBatch = function endBatch(rows, filled) {
    this.kernel.run.mergeValid(this.valid + this.rows, rows, filled);
    this.rows += rows;
  };
}
const { KernelEngine } = compiled('engine/kernel/engine');
const { rowGroups, cuttingOf, firstRows, hintRows } = compiled('csv/rowGroups');
const { Table, signature } = compiled('types/table');
const { nameColumns } = require('@etl/pipeline/csv/columnNames');

const dialect = { delimiter: ',', quote: '"', lineEnd: '\n' };
const { columns } = nameColumns(header);
const engine = new KernelEngine(dialect, 0);
const table = new Table(columns, {}, dialect.delimiter);
const bytes = statSync(source).size;
const cutting = cuttingOf({ head: { ...dialect, columns }, firstByte: 0, maxBytes: bytes }, Number.MAX_SAFE_INTEGER);

const before = process.cpuUsage();
let part;
let plans;
for await (const group of rowGroups(createReadStream(source, { highWaterMark: 1 << 20 }), cutting)) {
  if (!plans) {
    const sample = await engine.read(firstRows(group, cutting, hintRows(columns.length)), table.plans());
    table.hint(sample.evidence);
    plans = table.plans();
    part = await (openPart ?? ((path, each) => engine.openPart(path, each)))(target, plans);
  }
  const read = await engine.read(group, plans);
  table.add(read.evidence);
  cutting.recycled.push(read.bytes);
  await part.add(read);
}
await part.finish();
const { user, system } = process.cpuUsage(before);
if (signature(table.plans()) !== signature(plans)) throw new Error('a later row changed the schema');
await engine.close();
console.log(
  JSON.stringify({
    cpuSeconds: (user + system) / 1e6,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    types: plans.map(({ name: column, type }) => `${column} ${type}`).join(', '),
  }),
);
