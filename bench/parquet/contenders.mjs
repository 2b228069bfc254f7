// Writers of a part. Each takes the columns of a row group from the kernel's memory (`encodeGroup`, where our code
// encodes pages) and writes them to a file (`openPart`, where our code adds the metadata).
import { createWriteStream } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { root } from '../../scripts/lib/ensure-installed.mjs';
import { arrowBuffersOf, valuesOf } from './columns.mjs';

const imageRequire = createRequire(join(root, 'etl-image', 'package.json'));
const { compressSync } = imageRequire('snappy');

export const packages = ['hyparquet-writer@0.17.0', 'parquet-wasm@0.8.0', 'apache-arrow@21.2.0'];

export const contenders = {
  ours: async () => ({}),
  /** Reads the CSV and encodes nothing: what all others have in common. */
  'no encoding': async () => writesNothing(() => undefined),
  'no encoding, JavaScript values': async () => writesNothing(valuesOf),
  'no encoding, Arrow buffers': async () => writesNothing(arrowBuffersOf),
  'hyparquet-writer': hyparquetWriter,
  'parquet-wasm': parquetWasm,
  'parquetjs-lite': parquetjsLite,
};

export const withoutFile = Object.keys(contenders).filter((name) => name.startsWith('no encoding'));

/** Hands the columns over, as libraries need them, and writes no file. */
function writesNothing(handOver) {
  return {
    encodeGroup: (kernel, columns) => columns.map((column) => handOver(kernel, column)),
    openPart: () => ({ add: () => undefined, finish: () => undefined }),
  };
}

async function hyparquetWriter(load) {
  const { ParquetWriter, fileWriter } = await load('hyparquet-writer');
  const elements = {
    text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
    integer: { type: 'INT64' },
    double: { type: 'DOUBLE' },
    boolean: { type: 'BOOLEAN' },
    date: { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
    timestamp: { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' } },
  };
  return {
    encodeGroup: (kernel, columns) => columns.map((column) => valuesOf(kernel, column)),
    openPart(path, plans) {
      const schema = plans.map(({ name, type }) => ({ name, repetition_type: 'OPTIONAL', ...elements[type] }));
      const writer = new ParquetWriter({
        writer: fileWriter(path),
        schema: [{ name: 'schema', num_children: schema.length }, ...schema],
        compressors: { SNAPPY: (bytes) => compressSync(bytes) },
      });
      return {
        add: ({ rowsWritten, content }) => writer.write({ columnData: content, rowGroupSize: rowsWritten }),
        finish: () => writer.finish(),
      };
    },
  };
}

async function parquetWasm(load) {
  const arrow = await load('apache-arrow');
  const parquet = await load('parquet-wasm');
  const types = {
    text: new arrow.Utf8(),
    integer: new arrow.Int64(),
    double: new arrow.Float64(),
    boolean: new arrow.Bool(),
    date: new arrow.DateDay(),
    timestamp: new arrow.TimestampMicrosecond(),
  };
  return {
    encodeGroup: (kernel, columns) => columns.map((column) => arrowBuffersOf(kernel, column)),
    openPart(path, plans) {
      const schema = new arrow.Schema(plans.map(({ name, type }) => new arrow.Field(name, types[type], true)));
      const properties = new parquet.WriterPropertiesBuilder().setCompression(parquet.Compression.SNAPPY);
      const groups = new TransformStream({
        transform({ rowsWritten, content }, controller) {
          const children = plans.map(({ type }, index) => arrow.makeData({ type: types[type], ...content[index] }));
          const type = new arrow.Struct(schema.fields);
          const data = arrow.makeData({ type, length: rowsWritten, nullCount: 0, children });
          const stream = arrow.RecordBatchStreamWriter.writeAll([new arrow.RecordBatch(schema, data)]).toUint8Array(
            true,
          );
          const table = parquet.Table.fromIPCStream(stream);
          for (const batch of table.recordBatches()) controller.enqueue(batch);
        },
      });
      const writer = groups.writable.getWriter();
      const file = createWriteStream(path);
      const written = (async () => {
        const bytes = await parquet.transformParquetStream(groups.readable, properties.build());
        for await (const each of bytes)
          if (!file.write(each)) await new Promise((resolve) => file.once('drain', resolve));
        file.end();
        await finished(file);
      })();
      return {
        add: (group) => writer.write(group),
        finish: async () => {
          await writer.close();
          await written;
        },
      };
    },
  };
}

/** The library of the portable engine. Its successor, `@dsnp/parquetjs` 1.9.3, was published without its program. */
async function parquetjsLite() {
  const { ParquetSchema, ParquetWriter } = imageRequire('parquetjs-lite');
  const types = { text: 'UTF8', integer: 'INT64', double: 'DOUBLE', boolean: 'BOOLEAN', date: 'DATE' };
  types.timestamp = 'TIMESTAMP_MICROS';
  const dayMs = 86_400_000;
  return {
    encodeGroup: (kernel, columns) => columns.map((column) => valuesOf(kernel, column)),
    async openPart(path, plans) {
      const fields = plans.map(({ name, type }) => [
        name,
        { type: types[type], optional: true, compression: 'SNAPPY' },
      ]);
      const writer = await ParquetWriter.openFile(new ParquetSchema(Object.fromEntries(fields)), path, {
        rowGroupSize: Number.MAX_SAFE_INTEGER,
        useDataPageV2: false,
      });
      return {
        async add({ rowsWritten, content }) {
          writer.setRowGroupSize(rowsWritten);
          for (let row = 0; row < rowsWritten; row++) {
            const values = {};
            for (const [index, { name, type }] of plans.entries()) {
              const value = content[index].data[row];
              values[name] = value !== null && type === 'date' ? new Date(value * dayMs) : value;
            }
            await writer.appendRow(values);
          }
        },
        finish: () => writer.close(),
      };
    },
  };
}
