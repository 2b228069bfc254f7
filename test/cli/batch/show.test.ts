import { emptySummary, withResult } from '@etl/pipeline/batch/summary';
import type { RunView } from '@etl/pipeline/runs/runView';
import { runViewOf } from '@etl/pipeline/runs/viewOf';
import { exitCodeOf } from '../../../cli/batch/conduct';
import type { BatchReport } from '../../../cli/batch/report';
import { describeBatchReport, describeBatchStatus } from '../../../cli/batch/show';
import { describeForecast } from '../../../cli/batch/showForecast';

const ids = { workflowId: 'batch/x/2026-02-08', runId: 'r1' };
const file = { uri: 's3://raw/v/a.csv', batchDate: '2026-02-08', workflowId: 'etl/v/2026-02-08/a' };

describe('the status of a batch', () => {
  test('is one line with the nonzero counts', () => {
    const counts = { files: 20, delivered: 12, skipped: 0, invalid: 0, failed: 1, cancelled: 0 };
    const status = {
      phase: 'files' as const,
      running: 3,
      held: [{ workflowId: file.workflowId, reason: 'rejects' }],
      counts,
      listing: '2026-02-08',
      paused: true,
    };
    expect(describeBatchStatus(status)).toBe(
      'files: 3 running, 1 held, 12 delivered, 1 failed, listing 2026-02-08, PAUSED',
    );
  });

  test('tolerates an answer of another version', () => {
    expect(describeBatchStatus({ phase: 'files', running: 3 }, 0.429)).toBe('files: 3 running (42 % read)');
    expect(describeBatchStatus({})).toBe('running');
    expect(describeBatchStatus({ phase: 'plan' })).toBe('plan');
  });
});

/** Returns the view of a batch that ended with this report. */
function viewOf({ workflowId, runId, status, failureType, reason, summary }: BatchReport): RunView {
  const failure = { type: failureType ?? '', message: reason ?? '' };
  const times = { startedAt: '', endedAt: '' };
  const memo = { batch: summary ?? {} };
  return runViewOf({ workflowType: 'nightlyBatch', workflowId, runId, status, ...times, failure, memo });
}

describe('the report of a batch', () => {
  const none = emptySummary({ from: '2026-02-08', to: '2026-02-08' });

  test('shows a completed batch', () => {
    const summary = withResult(none, {
      ...file,
      outcome: 'delivered',
      rowsWritten: 1200,
      rowsRejected: 3,
      costUsd: 0.01,
    });
    const report = { ...ids, status: 'COMPLETED', failureType: null, reason: null, summary };
    expect(describeBatchReport(report)).toEqual([
      ...['Completed.', 'Files:   1 = 1 delivered', 'Days:    2026-02-08'],
      ...['Rows:    1,200 written, 3 rejected', 'Cost:    about $0.0100'],
    ]);
    expect(exitCodeOf(report)).toBe(0);
  });

  test('shows the first ten undelivered files by name and counts the others', () => {
    const failed = { ...file, outcome: 'failed', failureType: 'BadData', reason: 'no rows' } as const;
    const summary = Array.from({ length: 12 }).reduce<typeof none>((all) => withResult(all, failed), none);
    const report = { ...ids, status: 'FAILED', failureType: 'BatchIncomplete', reason: '12 of 12', summary };
    const lines = describeBatchReport(report, viewOf(report));
    expect(lines).toEqual(expect.arrayContaining([`FAILED: BatchIncomplete: ${ids.workflowId}`, 'Reason    12 of 12']));
    expect(lines.filter((line) => line === '  FAILED: BadData: s3://raw/v/a.csv')).toHaveLength(10);
    expect(lines).toContain('  … and 2 more files that were not delivered');
    expect(lines.at(-1)).toContain(`etl retry ${ids.workflowId}`);
    expect(exitCodeOf(report)).toBe(1);
  });

  test('shows batches that found no files, were rejected or cancelled', () => {
    const report = { ...ids, status: 'COMPLETED', failureType: null, reason: null, summary: none };
    expect(describeBatchReport(report)).toContain('Files:   none found');
    const refused = { ...report, status: 'FAILED', failureType: 'InvalidInput', reason: 'prefix: …', summary: null };
    expect(describeBatchReport(refused, viewOf(refused)).slice(0, 3)).toEqual([
      ...[`FAILED: InvalidInput: ${ids.workflowId}`, 'Step      validate', 'Reason    prefix: …'],
    ]);
    expect(exitCodeOf(refused)).toBe(65);
    expect(exitCodeOf({ ...refused, status: 'CANCELLED', failureType: null })).toBe(1);
  });
});

test('the forecast of a backfill is listed by day', () => {
  const days = [
    { batchDate: '2026-02-01', run: 2, bytes: 3_400_000, skipped: { delivered: 1, running: 1 } },
    { batchDate: '2026-02-02', run: 0, bytes: 0, skipped: {} },
    { batchDate: '2026-02-03', run: 0, bytes: 0, skipped: { delivered: 4 } },
  ];
  const refused = [{ uri: 's3://raw/v/x.csv', reason: 'its key has no date' }];
  const notFiles = [{ uri: 'file:///raw/v/link/', reason: 'it is a symbolic link to a folder' }];
  const found = { files: 9, minFiles: 10, leftOut: { name: 1200, day: 3 }, notFiles };
  expect(describeForecast({ destination: 's3://clean', askedTemporal: false, days, refused, ...found })).toEqual([
    '2026-02-01: 2 files to run (3.4 MB), 1 skipped (already delivered), 1 skipped (running)',
    '2026-02-03: 0 files to run (0 B), 4 skipped (already delivered)',
    'invalid: s3://raw/v/x.csv: its key has no date',
    'skipped: file:///raw/v/link/: it is a symbolic link to a folder',
    '3 days, 1 without files: 2 files to run (3.4 MB), 5 skipped (already delivered), 1 skipped (running), 1 invalid',
    'ignored: 1,200 with other names, 3 of other days',
    'the batch would fail: it finds 9 files, but --min-files is 10',
    'compared with the batches below s3://clean; Temporal is unavailable, so running files are not excluded',
  ]);
});
