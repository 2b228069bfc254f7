import { rm } from 'node:fs/promises';
import type { ColumnType } from '@etl/pipeline/options';
import { ParquetSchema, ParquetWriter } from 'parquetjs-lite';
import type { RowGroup } from '../../csv/window';
import { BadConfigurationError } from '../../errors';
import type { ColumnPlan } from '../../types/schema';
import type { Value } from '../../types/texts';
import type { Engine, FieldDialect, PartWriter, ReadGroup } from '../engine';
import { type PortableRow, readGroup } from './readGroup';

/** A small, slow engine in TypeScript with parquetjs-lite, without native code: a reference for the kernel engine. */
export class PortableEngine implements Engine {
  readonly parallel = 1;

  constructor(private readonly dialect: FieldDialect) {}

  async read(group: RowGroup, plans: readonly ColumnPlan[]): Promise<ReadGroup> {
    return readGroup(group, plans, this.dialect);
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

const types: Readonly<Record<ColumnType, string>> = {
  text: 'UTF8',
  integer: 'INT64',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP_MICROS',
};

function schemaOf(plans: readonly ColumnPlan[]): ParquetSchema {
  for (const { name } of plans) {
    // parquetjs-lite keeps columns as object properties, whose order puts integer names first.
    if (/^\d+$/.test(name) || name === '__proto__') throw cannotHold(name, 'a column of this name');
  }
  return new ParquetSchema(
    Object.fromEntries(
      plans.map(({ name, type }) => [name, { type: types[type], optional: true, compression: 'SNAPPY' }]),
    ),
  );
}

/** Converts a value to the type that parquetjs-lite stores without loss. */
function stored(value: Value | null, { name, type }: ColumnPlan): unknown {
  // parquetjs-lite converts numbers through text, which loses the sign of zero.
  if (Object.is(value, -0)) throw cannotHold(name, 'minus zero');
  if (typeof value !== 'bigint') return value;
  if (type === 'integer') {
    if (BigInt(Number(value)) === value && Number.isSafeInteger(Number(value))) return Number(value);
    throw cannotHold(name, `the integer ${value}, which is beyond 2^53`);
  }
  if (value % 1000n === 0n) return new Date(Number(value / 1000n));
  if (value >= 0n) return value;
  throw cannotHold(name, 'microseconds before 1970');
}

function cannotHold(column: string, what: string): BadConfigurationError {
  return new BadConfigurationError(`${column}: the portable engine cannot hold ${what}: unset ETL_ENGINE`);
}
