import { simpleTypes } from '@etl/pipeline/columns/types';
import type { Manifest, SchemaColumn } from '@etl/pipeline/manifest';
import type { RedshiftSink } from '@etl/pipeline/sinks/redshift';
import type { SinkCommit } from '../../../activities/ports';

export const redshiftSink = (changes: Partial<RedshiftSink> = {}): RedshiftSink => ({
  type: 'redshift',
  workgroup: 'analytics',
  database: 'dev',
  secretArn: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:etl-AbCdEf',
  iamRole: 'arn:aws:iam::123456789012:role/redshift-copy',
  ...changes,
});

/** A column of each type, with the name of the type. */
export const columnsOfEveryType: readonly SchemaColumn[] = [...simpleTypes, 'decimal(38,10)' as const].map((type) => ({
  ...{ name: type, type, sourceName: type },
  ...((type === 'text' || type === 'json') && { maxBytes: 100 }),
}));

/** Returns a commit with one part, which does not exist. */
export function commitWith(schema: readonly SchemaColumn[], batch: Partial<SinkCommit['batch']> = {}): SinkCommit {
  const part = {
    file: 'part-00000.parquet',
    rows: 3,
    bytes: 1234,
    sha256: '',
    location: 'work/run-1/part-00000.parquet',
  };
  const manifest: Partial<Manifest> = {
    ...{ schema, parts: [part], runId: 'run-1' },
    totals: { rowsRead: 3, rowsWritten: 3, rowsBlank: 0, rowsRejected: 0, datesCoerced: 0 },
  };
  return {
    batch: { dataset: 'orders', batchDate: '2026-02-08', source: 'north', ...batch },
    number: 7,
    manifest: manifest as Manifest,
    destination: 's3://lake',
    folder: 's3://lake/commits/7',
  };
}
