// usage: footer.mjs ours|hyparquet-writer LIBRARIES. Makes the footer of the largest file that the container writes.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../scripts/lib/ensure-installed.mjs';
import { loaderOf } from '../libraries/install.mjs';

const [groups, columns] = [5000, 100];
const [kind, libraries] = process.argv.slice(2);
const require = createRequire(join(root, 'etl-image', 'package.json'));
const compiled = (file) => require(`./dist/${file}.js`);

if (kind === 'hyparquet-writer') Object.assign(compiled('parquet/thrift'), await byLibrary());
const { footer, rowGroup } = compiled('parquet/format');
const plans = Array.from({ length: columns }, (_, index) => ({ name: `column_${index}`, type: 'integer' }));
const range = [new Uint8Array(8), new Uint8Array(8).fill(1)];
const chunk = { values: 1000, nulls: 3, dictionaryBytes: 200, bytes: 3000, uncompressedBytes: 8000, range };

const before = process.cpuUsage();
const made = [];
for (let group = 0; group < groups; group++) {
  made.push(rowGroup(plans, new Array(columns).fill(chunk), 4 + group * columns * chunk.bytes, chunk.values));
}
const bytes = footer(plans, made, groups * chunk.values, 'bench');
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({
    cpuSeconds: (user + system) / 1e6,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    bytes: bytes.length,
    hash: createHash('sha256').update(bytes).digest('hex'),
  }),
);

/** The functions of etl-image/src/parquet/thrift.ts, with the library's serialiser. */
async function byLibrary() {
  const { serializeTCompactProtocol } = await loaderOf(libraries)('hyparquet-writer/src/thrift.js');
  const { ByteWriter } = await loaderOf(libraries)('hyparquet-writer');
  const prototype = {
    get bytes() {
      const writer = new ByteWriter();
      serializeTCompactProtocol(writer, this);
      return Buffer.from(writer.getBytes());
    },
  };
  return {
    bool: (value) => value,
    i32: (value) => value,
    i64: (value) => BigInt(value),
    binary: (value) => value,
    list: (values) => [...values],
    struct: (fields) =>
      Object.assign(
        Object.create(prototype),
        Object.fromEntries(Object.entries(fields).map(([id, value]) => [`field_${id}`, value])),
      ),
  };
}
