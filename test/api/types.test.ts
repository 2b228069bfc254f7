import type { BatchRequest as InternalRequest } from '@etl/pipeline/batch/request';
import { batchRequestSchema, parseBatchRequest } from '@etl/pipeline/batch/request';
import type { ColumnRules } from '@etl/pipeline/columns/columnSchema';
import { messageNames } from '@etl/pipeline/definition';
import { type EventDetail, eventKeys, parseEvent } from '@etl/pipeline/event';
import { dialectSchema } from '@etl/pipeline/options';
import type { EtlColumn, EtlEventDetail } from '../../api/types';
import { approveUpdate, type BatchRequest, statusQuery } from '../../api/workflows';

/** The compiler rejects a missing or unknown key. */
const detailKeys = {
  ...{ s3Key: 1, batchDate: 1, dataset: 1, source: 1, destination: 1, replaces: 1, force: 1, columns: 1, dialect: 1 },
  ...{ quality: 1, rejects: 1, chunkRows: 1, compute: 1, notifications: 1 },
} satisfies Record<keyof EtlEventDetail, 1>;
const dialectKeys = {
  ...{ delimiter: 1, quote: 1, encoding: 1, decimal: 1, dateOrder: 1, skipLines: 1, footer: 1 },
} satisfies Record<keyof NonNullable<EtlEventDetail['dialect']>, 1>;
const columnKeys = {
  ...{ type: 1, required: 1, trim: 1, nullValues: 1, trueValues: 1, falseValues: 1, decimal: 1, thousands: 1 },
  ...{ format: 1, timeZone: 1 },
} satisfies Record<keyof EtlColumn, 1> satisfies Record<'type' | keyof ColumnRules, 1>;
const computeKeys = {
  ...{ lane: 1, shards: 1, deadlineMinutes: 1, budgetUsd: 1, maxCostUsd: 1, acceptSize: 1, cpu: 1, memory: 1 },
  ...{ ephemeralStorageGiB: 1, spot: 1, timeoutSeconds: 1, startTimeoutSeconds: 1 },
} satisfies Record<keyof NonNullable<EtlEventDetail['compute']>, 1>;
const requestKeys = {
  ...{
    prefix: 1,
    dataset: 1,
    match: 1,
    batchDate: 1,
    from: 1,
    to: 1,
    timeZone: 1,
    dayOffset: 1,
    mode: 1,
    maxConcurrent: 1,
  },
  ...{ onFailure: 1, minFiles: 1, detail: 1, priority: 1 },
} satisfies Record<keyof BatchRequest, 1>;

test('the public types have exactly the keys that the pipeline accepts', () => {
  expect(Object.keys(detailKeys).sort()).toEqual([...eventKeys.detail].sort());
  expect(Object.keys(computeKeys).sort()).toEqual([...eventKeys.compute].sort());
  expect(Object.keys(dialectKeys).sort()).toEqual(Object.keys(dialectSchema.shape).sort());
  // The compiler has compared these with the keys of the schema.
  expect(Object.keys(columnKeys)).toContain('type');
  expect(Object.keys(requestKeys).sort()).toEqual(Object.keys(batchRequestSchema.shape).sort());
});

test('the pipeline accepts values of the public types', () => {
  const detail: EtlEventDetail = { s3Key: 'a.csv', batchDate: '2026-02-08', columns: { id: 'text' } };
  const request: BatchRequest = { prefix: 'ventas', batchDate: '2026-02-08', detail: { columns: { id: 'text' } } };
  // The compiler rejects a public type that is wider than the one of the pipeline.
  const internal: { readonly detail: EventDetail; readonly request: InternalRequest } = { detail, request };
  expect(parseEvent({ detail: internal.detail })).toMatchObject({ ok: true });
  expect(parseBatchRequest(internal.request)).toMatchObject({ ok: true });
});

test('the public query and update have the wire names of the pipeline', () => {
  expect([statusQuery.name, approveUpdate.name]).toEqual([messageNames.status, messageNames.approve]);
});
