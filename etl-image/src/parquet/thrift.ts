/**
 * A value of Thrift's compact protocol, in which Parquet's metadata is written.
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export interface Thrift {
  readonly type: number;
  readonly bytes: Buffer;
}

const types = { true: 1, false: 2, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function zigzag(value: number): Buffer {
  if (value >= 0 && value < 64) return Buffer.of(value * 2);
  const wide = BigInt(value);
  return varint(wide >= 0n ? wide << 1n : (-wide << 1n) - 1n);
}

export const bool = (value: boolean): Thrift => ({ type: value ? types.true : types.false, bytes: Buffer.alloc(0) });
export const i32 = (value: number): Thrift => ({ type: types.i32, bytes: zigzag(value) });
export const i64 = (value: number): Thrift => ({ type: types.i64, bytes: zigzag(value) });

export function binary(value: Uint8Array | string): Thrift {
  const content = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return { type: types.binary, bytes: Buffer.concat([varint(BigInt(content.length)), content]) };
}

/** Encodes a list of values of one type. An empty list has the element type struct. */
export function list(values: readonly Thrift[]): Thrift {
  const type = values[0]?.type ?? types.struct;
  const head =
    values.length < 15
      ? Buffer.of((values.length << 4) | type)
      : Buffer.concat([Buffer.of(0xf0 | type), varint(BigInt(values.length))]);
  return { type: types.list, bytes: Buffer.concat([head, ...values.map(({ bytes }) => bytes)]) };
}

/** Encodes a struct. Keys are field IDs in ascending order; undefined fields are omitted. */
export function struct(fields: Readonly<Record<number, Thrift | undefined>>): Thrift {
  const parts: Buffer[] = [];
  let previous = 0;
  for (const [id, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const delta = Number(id) - previous;
    if (delta > 15) throw new Error(`field ${id} is too far from field ${previous}`);
    parts.push(Buffer.of((delta << 4) | value.type), value.bytes);
    previous = Number(id);
  }
  return { type: types.struct, bytes: Buffer.concat([...parts, Buffer.of(0)]) };
}
