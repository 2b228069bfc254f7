// Columns in the kernel's memory as the values that libraries take.

const microsPerDay = 86_400_000_000n;
const present = (kernel, { valid, rows }) => kernel.copy(valid, rows);

/** Returns the values of a column as an array with nulls: texts, bigints, days, doubles or booleans. */
export function valuesOf(kernel, column) {
  const { plan, rows } = column;
  const valid = present(kernel, column);
  const read = readerOf(kernel, column);
  const values = new Array(rows);
  for (let row = 0; row < rows; row++) values[row] = valid[row] === 1 ? read(row) : null;
  return { name: plan.name, data: values };
}

function readerOf(kernel, { plan, values, rows }) {
  const { buffer } = kernel.copy(values, rows * 8);
  switch (plan.type) {
    case 'text': {
      const words = new Uint32Array(buffer);
      return (row) => kernel.text(words[row * 2], words[row * 2 + 1]);
    }
    case 'double': {
      const doubles = new Float64Array(buffer);
      return (row) => doubles[row];
    }
    case 'boolean': {
      const bytes = new Uint8Array(buffer);
      return (row) => bytes[row * 8] === 1;
    }
    case 'date': {
      const micros = new BigInt64Array(buffer);
      return (row) => Number(micros[row] / microsPerDay);
    }
    default: {
      const integers = new BigInt64Array(buffer);
      return (row) => integers[row];
    }
  }
}

/** Returns a column as the buffers of Arrow: length, values, offsets of texts, and a bitmap of the present rows. */
export function arrowBuffersOf(kernel, column) {
  const { plan, values, rows, valid } = column;
  const bytes = present(kernel, column);
  const nullBitmap = new Uint8Array(Math.ceil(rows / 8));
  let nullCount = 0;
  for (let row = 0; row < rows; row++) {
    if (bytes[row] === 1) nullBitmap[row >> 3] |= 1 << (row & 7);
    else nullCount++;
  }
  const base = { length: rows, nullCount, ...(nullCount > 0 && { nullBitmap }) };
  const { buffer } = plan.type === 'text' ? { buffer: undefined } : kernel.copy(values, rows * 8);
  switch (plan.type) {
    case 'text':
      return { ...base, ...kernel.scoped(() => textBuffers(kernel, values, valid, rows, bytes)) };
    case 'double':
      return { ...base, data: new Float64Array(buffer) };
    case 'boolean': {
      const source = new Uint8Array(buffer);
      const data = new Uint8Array(Math.ceil(rows / 8));
      for (let row = 0; row < rows; row++) if (source[row * 8] === 1) data[row >> 3] |= 1 << (row & 7);
      return { ...base, data };
    }
    case 'date': {
      const micros = new BigInt64Array(buffer);
      return {
        ...base,
        data: Int32Array.from(micros, (value, row) => (bytes[row] === 1 ? Number(value / microsPerDay) : 0)),
      };
    }
    default:
      return { ...base, data: new BigInt64Array(buffer) };
  }
}

/** Takes texts from the kernel with a length in front of each, and drops the lengths. */
function textBuffers(kernel, values, valid, rows, present) {
  const to = kernel.allocate(kernel.run.textBytes(values, rows) + 4 * rows);
  const length = kernel.run.writeTexts(values, valid, rows, true, to);
  const source = Buffer.from(kernel.copy(to, length).buffer);
  const data = Buffer.allocUnsafe(length);
  const valueOffsets = new Int32Array(rows + 1);
  let [from, at] = [0, 0];
  for (let row = 0; row < rows; row++) {
    if (present[row] === 1) {
      const size = source.readUInt32LE(from);
      source.copy(data, at, from + 4, from + 4 + size);
      from += 4 + size;
      at += size;
    }
    valueOffsets[row + 1] = at;
  }
  return { valueOffsets, data: data.subarray(0, at) };
}
