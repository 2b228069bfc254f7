import type { FileResult } from '@etl/pipeline/batch/fileResult';
import { emptySummary, withoutProblem, withResult } from '@etl/pipeline/batch/summary';
import { composeMessage } from '@etl/pipeline/messages/compose';
import type { BatchEnd } from '@etl/pipeline/messages/outcome';

const file = (index: number, outcome: FileResult['outcome'], more: Partial<FileResult> = {}): FileResult => ({
  uri: `s3://raw/${index}.csv`,
  batchDate: '2026-02-08',
  workflowId: `etl/d/2026-02-08/${index}`,
  outcome,
  ...more,
});
const days = { from: '2026-02-08', to: '2026-02-08' };
const subject = { workflowId: 'night', runId: 'r1' };
const message = (ended: BatchEnd, results: readonly FileResult[], more: object = {}, dates = days) => {
  const summary = results.reduce(withResult, emptySummary(dates));
  return composeMessage({ kind: 'batch', ended, prefix: 's3://raw', summary, ...more }, subject, {
    runUrl: 'http://ui/run',
  });
};

test('names the first files whose schema has changed', () => {
  const schemaWarning = 'schema differs from 2026-02-07/a: column amount was removed';
  const results = Array.from({ length: 7 }, (_, n) => file(n, 'delivered', { schemaWarning }));
  const { body } = message('delivered', results, { summary: results.reduce(withResult, emptySummary(days)) });
  const lines = body.split('\n').filter((line) => line.startsWith('Aviso'));
  expect(lines).toEqual(Array.from({ length: 5 }, (_, n) => `Aviso: s3://raw/${n}.csv: ${schemaWarning}`));
});

test('composes the message of a batch that delivered everything', () => {
  const results = [
    file(1, 'delivered', { rowsWritten: 9, costUsd: 0.1 }),
    file(2, 'delivered', { rowsWritten: 1, costUsd: 0.2 }),
  ];
  const { topic, subject: line, body, attributes } = message('delivered', results);
  expect([topic, line]).toEqual(['etl-success', 'Lote completado para 2026-02-08']);
  expect(body.split('\n')).toEqual([
    'Lote completado para 2026-02-08',
    '',
    'Ejecución: night (r1)',
    'Enlace: http://ui/run',
    'Prefijo: s3://raw',
    'Ficheros: 2',
    'Entregados: 2',
    'Omitidos: 0',
    'Inválidos: 0',
    'Fallidos: 0',
    'Cancelados: 0',
    'Filas escritas: 10',
    'Filas rechazadas: 0',
    'Coste estimado (USD): 0.3',
  ]);
  expect(attributes).toEqual({ outcome: 'batch', ended: 'delivered', workflowId: 'night', runId: 'r1' });
});

test.each<[BatchEnd, string]>([
  ['incomplete', 'Lote INCOMPLETO para 2026-02-08: 1 de 1 ficheros sin entregar'],
  ['empty', 'Lote SIN FICHEROS para 2026-02-08'],
  ['tooFew', 'Lote INCOMPLETO para 2026-02-08: solo 1 fichero'],
  ['cancelled', 'Lote CANCELADO para 2026-02-08'],
  ['failed', 'Lote FALLIDO para 2026-02-08: BadConfiguration'],
])('%s is an alert', (ended, line) => {
  const { topic, subject: title, body } = message(ended, [file(1, 'failed')], { failureType: 'BadConfiguration' });
  expect([topic, title, body.split('\n')[0]]).toEqual(['etl-alerts', line, line]);
});

test('names twenty of many problems and counts all of them', () => {
  const results = Array.from({ length: 250 }, (_, index) =>
    file(index, 'failed', { failureType: 'BadData', reason: 'bad' }),
  );
  const { body } = message('incomplete', results, {}, { from: '2026-02-01', to: '2026-02-28' });
  const lines = body.split('\n').filter((line) => line.startsWith('Sin entregar: '));
  expect(lines).toHaveLength(21);
  expect(lines[0]).toBe('Sin entregar: s3://raw/0.csv: BadData: bad');
  expect(lines.at(-1)).toBe('Sin entregar: … y 230 más');
  expect(body).toMatch(/^Lote INCOMPLETO para 2026-02-01 a 2026-02-28: 250 de 250 ficheros sin entregar\n/);
});

test('counts a retried file once', () => {
  const failed = file(1, 'failed', { costUsd: 0.1 });
  const before = [file(0, 'delivered'), failed].reduce(withResult, emptySummary(days));
  const after = withResult(withoutProblem(before, failed), file(1, 'delivered', { rowsWritten: 5, costUsd: 0.1 }));
  expect(after).toMatchObject({ files: 2, delivered: 2, failed: 0, rowsWritten: 5, costUsd: 0.2, problems: [] });
});
