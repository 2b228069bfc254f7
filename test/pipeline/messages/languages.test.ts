import { emptySummary } from '@etl/pipeline/batch/summary';
import { noEvidence } from '@etl/pipeline/evidence';
import { composeMessage } from '@etl/pipeline/messages/compose';
import { defaultLanguage, languages, type MessageLanguage } from '@etl/pipeline/messages/languages';
import type { BatchEnd, Outcome } from '@etl/pipeline/messages/outcome';

const subject = { workflowId: 'w', runId: 'r', dataset: 'ventas', batchDate: '2026-02-08', source: 's' };
const totals = { rowsRead: 1, rowsWritten: 2, rowsBlank: 3, rowsRejected: 4, datesCoerced: 5 };
const sinks = [{ sink: 'catalog', state: 'applied', commit: 1, detail: 'lake.ventas' }] as const;
const quality = { passed: 3, failed: 1, notEvaluable: 0 };
const summary = emptySummary({ from: '2026-02-01', to: '2026-02-02' });
const ends: readonly BatchEnd[] = ['delivered', 'incomplete', 'empty', 'tooFew', 'cancelled', 'failed'];
const reasons = Array.from({ length: 25 }, (_, index) => `r${index}`);
const outcomes: readonly Outcome[] = [
  { kind: 'success', totals, parts: 6, published: 'p', quality, warnings: reasons, sinks },
  { kind: 'invalid', reasons },
  { kind: 'held', reason: 'x', until: '2026-02-15T01:00:00.000Z' },
  { kind: 'neverStarted', state: 'missing', startsAt: '2026-02-09T01:30:00.000Z' },
  {
    kind: 'late',
    state: 'running',
    startsAt: '2026-02-09T01:30:00.000Z',
    deadlineAt: '2026-02-09T05:00:00.000Z',
  },
  { kind: 'failure', failureType: 'TaskFailed', reason: 'x', evidence: noEvidence },
  { kind: 'cancelled', failureType: 'Cancelled', reason: 'x', evidence: noEvidence },
  ...ends.map((ended): Outcome => ({ kind: 'batch', ended, prefix: 'p', summary })),
];
const all = Object.keys(languages) as MessageLanguage[];

test('sends Spanish by default', () => {
  expect(defaultLanguage).toBe('es');
  expect(composeMessage({ kind: 'invalid', reasons: [] }, subject).body).toMatch(/^Datos de entrada inválidos/);
});

test('sends English when asked for', () => {
  const bodies = outcomes.map((outcome) => composeMessage(outcome, subject, { language: 'en' }).body);
  expect(bodies.map((body) => body.split('\n')[0])).toEqual([
    'ETL completed for 2026-02-08',
    'Invalid input data - check the format',
    'ETL held for 2026-02-08: waiting for approval',
    'Batch NOT STARTED for 2026-02-08',
    'Batch LATE for 2026-02-08',
    'ETL FAILED: TaskFailed',
    'ETL FAILED: Cancelled',
    'Batch completed for 2026-02-01 to 2026-02-02',
    'Batch INCOMPLETE for 2026-02-01 to 2026-02-02: 0 of 0 files not delivered',
    'Batch WITHOUT FILES for 2026-02-01 to 2026-02-02',
    'Batch INCOMPLETE for 2026-02-01 to 2026-02-02: only 0 files',
    'Batch CANCELLED for 2026-02-01 to 2026-02-02',
    'Batch FAILED for 2026-02-01 to 2026-02-02: ServiceUnavailable',
  ]);
  expect(bodies.join('\n')).not.toMatch(/[áéíóúñ]/);
  expect(bodies[0]).toContain('Rows written: 2');
  expect(bodies[0]).toContain('Quality rules: 3 passed, 1 failed, 0 not evaluable');
  expect(bodies[0]).toContain('Sink: catalog: lake.ventas');
});

test.each(all)(
  '%s: every message has the attributes, topic and number of lines of the default language',
  (language) => {
    for (const outcome of outcomes) {
      const expected = composeMessage(outcome, subject);
      const { body, topic, attributes } = composeMessage(outcome, subject, { language });
      expect({ topic, attributes }).toEqual({ topic: expected.topic, attributes: expected.attributes });
      expect(body.split('\n')).toHaveLength(expected.body.split('\n').length);
    }
  },
);

test.each(all)(
  '%s: a subject contains only characters that SNS accepts, with no accent replaced by a question mark',
  (language) => {
    for (const outcome of outcomes)
      expect(composeMessage(outcome, subject, { language }).subject).toMatch(/^[\x20-\x3e\x40-\x7e]{1,99}$/);
  },
);

test.each(all)('%s: all labels of a language differ', (language) => {
  const labels = Object.values(languages[language].labels);
  expect(new Set(labels).size).toBe(labels.length);
});
