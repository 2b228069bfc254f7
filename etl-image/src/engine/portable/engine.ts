import { rm } from 'node:fs/promises';
import { type ColumnType, kindOf, type TypeKind } from '@etl/pipeline/columns/types';
import { ParquetSchema, ParquetWriter } from 'parquetjs-lite';
import type { RowGroup } from '../../csv/window';
import { BadConfigurationError } from '../../errors';
import { Checker, type Checks } from '../../quality/checks';
import type { Value } from '../../types/reader';
import type { ColumnPlan } from '../../types/schema';
import type { Engine, FieldDialect, PartWriter, ReadGroup } from '../engine';
import type { PortableRow } from './groupRows';
import { readGroup } from './readGroup';

/** A small, slow engine in TypeScript with parquetjs-lite, without native code: a reference for the kernel engine. */
export class PortableEngine implements Engine {
  readonly parallel = 1;

  private readonly checker: Checker | undefined;

  constructor(
    private readonly dialect: FieldDialect,
    checks?: Checks,
  ) {
    this.checker = checks && new Checker(checks);
  }

  async read(group: RowGroup, plans: readonly ColumnPlan[]): Promise<ReadGroup> {
    return readGroup(group, plans, this.dialect, this.checker);
  }

  async openPart(path: string, plans: readonly ColumnPlan[]): Promise<PartWriter> {
    const options = { rowGroupSize: Number.MAX_SAFE_INTEGER, useDataPageV2: false };
    const writer = await ParquetWriter.openFile(schemaOf(plans), path, options);
    return {
      add: async ({ content }) => {
        for (const row of content as readonly PortableRow[]) {
          await writer.appendRow(
            Object.fromEntries(plans.map((plan, index) => [plan.name, stored(row[index] ?? null, plan)])),
          );
        }
      },
      finish: () => writer.close(),
      abandon: async () => {
        await writer.close().catch(() => undefined);
        await rm(path, { force: true });
      },
    };
  }

  async close(): Promise<void> {
    // Holds no resources between calls.
  }
}

/** Types of parquetjs-lite. It has no decimals, and cannot write its own times. */
const types: Readonly<Record<Exclude<TypeKind, 'decimal' | 'time'>, string>> = {
  text: 'UTF8',
  integer: 'INT64',
  int32: 'INT32',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP_MICROS',
  timestamptz: 'TIMESTAMP_MICROS',
  json: 'JSON',
};

function typeOf(name: string, type: ColumnType): string {
  const kind = kindOf(type);
  if (kind === 'decimal' || kind === 'time') throw cannotHold(name, `a column of type ${type}`);
  return types[kind];
}

function schemaOf(plans: readonly ColumnPlan[]): ParquetSchema {
  for (const { name } of plans) {
    // parquetjs-lite keeps columns as object properties, whose order puts integer names first.
    if (/^\d+$/.test(name) || name === '__proto__') throw cannotHold(name, 'a column of this name');
  }
  return new ParquetSchema(
    Object.fromEntries(
      plans.map(({ name, type }) => [name, { type: typeOf(name, type), optional: true, compression: 'SNAPPY' }]),
    ),
  );
}

/** Converts a value to the type that parquetjs-lite stores without loss. */
function stored(value: Value | null, { name, type }: ColumnPlan): unknown {
  // parquetjs-lite converts numbers through text, which loses the sign of zero.
  if (Object.is(value, -0)) throw cannotHold(name, 'minus zero');
  if (typeof value === 'string' && type === 'json') return storedJson(value, name);
  if (typeof value !== 'bigint') return value;
  if (type === 'integer' || type === 'int32') {
    if (BigInt(Number(value)) === value && Number.isSafeInteger(Number(value))) return Number(value);
    throw cannotHold(name, `the integer ${value}, which is beyond 2^53`);
  }
  if (value % 1000n === 0n) return new Date(Number(value / 1000n));
  if (value >= 0n) return value;
  throw cannotHold(name, 'microseconds before 1970');
}

/** parquetjs-lite writes the text of a parsed value. It would take a bare array for several values. */
function storedJson(text: string, name: string): unknown {
  const value: unknown = JSON.parse(text);
  if (JSON.stringify(value) === text) return { toJSON: () => value };
  throw cannotHold(name, 'JSON with other notations than JSON.stringify writes');
}

function cannotHold(column: string, what: string): BadConfigurationError {
  return new BadConfigurationError(`${column}: the portable engine cannot hold ${what}: unset ETL_ENGINE`);
}
