import type { Column, StorageDescriptor } from '@aws-sdk/client-glue';
import { asFolder } from './target';

const hive = 'org.apache.hadoop.hive.ql.io.parquet';
/** The classes that mark Parquet files for Hive, Spark, Trino and Athena. */
export const parquetSerde = `${hive}.serde.ParquetHiveSerDe`;

/** Describes Parquet files with these columns in a folder. */
export function storageOf(columns: readonly Column[], folder: string): StorageDescriptor {
  return {
    Columns: [...columns],
    Location: asFolder(folder),
    InputFormat: `${hive}.MapredParquetInputFormat`,
    OutputFormat: `${hive}.MapredParquetOutputFormat`,
    SerdeInfo: { SerializationLibrary: parquetSerde, Parameters: { 'serialization.format': '1' } },
  };
}
