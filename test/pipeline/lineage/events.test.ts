import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type LineageEvent, lineageEvent } from '@etl/pipeline/lineage/events';
import type { Manifest } from '@etl/pipeline/manifest';

const at = new Date('2026-02-09T01:30:00Z');
const settings = { namespace: 'etl', version: '0.3.0' };
const run = {
  runId: '01a22c2e-c6b1-7c2e-a798-07ee39b3a493',
  workflowId: 'etl/ventas/2026-02-08/v',
  batch: { dataset: 'ventas', batchDate: '2026-02-08', source: 'v' },
  sourceUri: 's3://raw/ventas/v.csv',
  destination: 's3://clean/lake',
  owner: 'sales-data',
};
const manifest = {
  runId: run.runId,
  generation: 2,
  source: { uri: run.sourceUri, bytes: 1000, fingerprint: 'f' },
  schema: [
    { name: 'id', type: 'integer', sourceName: 'ID' },
    { name: 'total', type: 'double', sourceName: 'Total' },
  ],
  parts: [{ file: 'part-00001.parquet', rows: 9, bytes: 500, sha256: '', location: '' }],
  quality: [
    {
      name: 'one row per id',
      metric: 'duplicateValues',
      columns: ['id'],
      level: 'block',
      outcome: 'passed',
      value: 0,
      threshold: 'must be 0',
      unit: 'rows',
    },
    {
      name: 'keys',
      metric: 'duplicateValues',
      columns: ['id', 'total'],
      level: 'warn',
      outcome: 'failed',
      value: 2,
      threshold: 'must be 0',
      unit: 'rows',
    },
    {
      name: 'fresh',
      metric: 'freshness',
      columns: ['fecha'],
      level: 'hold',
      outcome: 'notEvaluable',
      threshold: 'must be at most 2',
      reason: 'the column is missing',
    },
  ],
  totals: { rowsRead: 10, rowsWritten: 9, rowsBlank: 1, rowsRejected: 0, datesCoerced: 0 },
} as unknown as Manifest;

const events = {
  start: lineageEvent('START', at, run, settings),
  complete: lineageEvent('COMPLETE', at, run, settings, { manifest }),
  fail: lineageEvent('FAIL', at, run, settings, { failure: 'BadData: 3 rows rejected' }),
  // Validation found neither a source nor a dataset.
  invalid: lineageEvent('FAIL', at, { ...run, batch: {}, sourceUri: undefined, destination: undefined }, settings, {
    failure: 'InvalidInput: the event is not a JSON object',
  }),
  local: lineageEvent('ABORT', at, { ...run, sourceUri: 'file:///in/a%20b.csv', owner: undefined }, settings, {
    failure: 'Cancelled: by a user',
  }),
};

test('names source and dataset as OpenLineage does', () => {
  expect(events.complete.inputs).toMatchObject([{ namespace: 's3://raw', name: 'ventas/v.csv' }]);
  expect(events.complete.outputs).toMatchObject([{ namespace: 's3://clean', name: 'lake/ventas' }]);
  expect(events.local.inputs).toMatchObject([{ namespace: 'file', name: '/in/a b.csv' }]);
});

test('the event of a delivered run has the schema and the counts of its manifest', () => {
  expect(events.complete.outputs[0]).toMatchObject({
    facets: {
      schema: {
        fields: [
          { name: 'id', type: 'integer' },
          { name: 'total', type: 'double' },
        ],
      },
      version: { datasetVersion: `${run.runId}-2` },
    },
    outputFacets: { outputStatistics: { rowCount: 9, size: 500, fileCount: 1 } },
  });
  expect(events.complete.inputs[0]).toMatchObject({ inputFacets: { inputStatistics: { rowCount: 10, size: 1000 } } });
});

test('has an assertion for each quality rule', () => {
  expect(events.complete.inputs[0]).toMatchObject({
    inputFacets: {
      dataQualityAssertions: {
        assertions: [
          { assertion: 'duplicateValues', success: true, column: 'id', severity: 'error', actual: '0' },
          { name: 'keys', success: false, severity: 'warn', expected: 'must be 0', actual: '2' },
          { name: 'fresh', success: false, column: 'fecha', severity: 'error' },
        ],
      },
    },
  });
});

test('a run without a batch has neither inputs nor outputs', () => {
  expect(events.invalid).toMatchObject({ inputs: [], outputs: [], job: { name: 'unknown' } });
});

const bin = process.env.ETL_TEST_CONTRACTS;
const withPython = bin ? test : test.skip;

withPython('openlineage-python rebuilds every event without a difference', () => {
  const input = Object.values(events)
    .map((event) => `${JSON.stringify(event)}\n`)
    .join('');
  const script = join(__dirname, '..', '..', 'support', 'openlineage_check.py');
  const lines = execFileSync(join(bin ?? '', 'python'), [script], { input, encoding: 'utf8' })
    .trim()
    .split('\n');
  const rebuilt = lines.map((line) => JSON.parse(line) as LineageEvent);
  expect(rebuilt.map(withoutProducer)).toEqual(Object.values(events).map(withoutProducer));
});

/** The client sets its own producer, and adds empty facets and fields. */
function withoutProducer(event: LineageEvent): unknown {
  return JSON.parse(JSON.stringify(event), (key, value: unknown) => {
    const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    return key === '_producer' || (isEmpty && !['inputs', 'outputs'].includes(key)) ? undefined : value;
  });
}
