import { composeMessage } from '@etl/pipeline/messages/compose';
import { rawInLines as raw } from '../../lib/text/support';

const subject = {
  workflowId: 'etl/ventas/2026-02-08/v',
  runId: 'r1',
  dataset: 'ventas',
  batchDate: '2026-02-08',
  source: 'v',
};
const totals = { rowsRead: 10, rowsWritten: 7, rowsBlank: 2, rowsRejected: 1, datesCoerced: 3 };

describe('composeMessage', () => {
  test('composes a success message', () => {
    const message = composeMessage(
      { kind: 'success', totals, parts: 1, published: 's3://clean/ventas', warnings: ['w1'] },
      subject,
      { runUrl: 'http://ui/run' },
    );
    expect(message.topic).toBe('etl-success');
    expect(message.body.split('\n')[0]).toBe('ETL completado para 2026-02-08');
    expect(message.body).toContain('Filas escritas: 7');
    expect(message.body).toContain('Enlace: http://ui/run');
    expect(message.attributes).toEqual({
      outcome: 'success',
      workflowId: subject.workflowId,
      runId: 'r1',
      batchDate: '2026-02-08',
      dataset: 'ventas',
    });
  });

  test('lists up to twenty reasons of invalid input', () => {
    const reasons = Array.from({ length: 25 }, (_, index) => `reason ${index}`);
    const message = composeMessage({ kind: 'invalid', reasons }, { workflowId: 'w', runId: 'r' });
    expect(message.topic).toBe('etl-alerts');
    expect(message.body.split('\n')[0]).toBe('Datos de entrada inválidos - verificar formato');
    expect(message.body).toContain('Motivo: reason 19');
    expect(message.body).toContain('y 5 más');
    expect(message.attributes.failureType).toBe('InvalidInput');
  });

  test('alerts about a held batch with the command to approve it', () => {
    const message = composeMessage(
      { kind: 'held', reason: '12 % rejected', until: '2026-02-15T01:00:00.000Z' },
      subject,
    );
    expect(message.topic).toBe('etl-alerts');
    expect(message.subject).toBe('ETL retenido, pendiente de aprobacion: ventas 2026-02-08');
    expect(message.body.split('\n')[0]).toBe('ETL retenido para 2026-02-08: pendiente de aprobación');
    expect(message.body).toContain('Motivo: 12 % rejected\nPlazo: 2026-02-15T01:00:00.000Z');
    expect(message.body).toMatch(
      /\nSiguiente paso: Look at the rejected rows or the failed rule: etl report shows them\nOrden: npx etl approve \S+$/,
    );
    expect(message.attributes.outcome).toBe('held');
  });

  test('reports a failure with its type, reason, evidence and log tail', () => {
    const launch = { lane: 'fargate', spot: false, failureType: 'TaskFailed', reason: 'exit code 74' } as const;
    const message = composeMessage(
      {
        kind: 'failure',
        failureType: 'TaskFailed',
        reason: 'exit code 74',
        evidence: {
          generation: 2,
          taskArn: 'arn:2',
          exitCode: 74,
          stoppedReason: 'Essential container in task exited',
          console: 'https://console/2',
          logTail: ['line 1', 'line 2'],
          launches: [
            { ...launch, generation: 1 },
            { ...launch, generation: 2 },
          ],
        },
      },
      subject,
    );
    expect(message.body.split('\n')[0]).toBe('ETL FALLIDO: TaskFailed');
    for (const fact of [
      'Motivo: exit code 74',
      'Tarea: arn:2',
      'Lanzamiento: 2',
      'Código de salida: 74',
      'Motivo de la parada: Essential container in task exited',
      'Consola: https://console/2',
      'Lanzamientos:\n  launch 1: on demand: TaskFailed: exit code 74\n  launch 2',
      'Registro:\n  line 1\n  line 2',
    ])
      expect(message.body).toContain(fact);
    expect(message.attributes).toMatchObject({ outcome: 'failure', failureType: 'TaskFailed' });
  });

  test('no value can forge a line, in the body or in an attribute', () => {
    const hostile = 'ventas\r\nMotivo: forged\u2028\u202e\u009b31m\uffff';
    const message = composeMessage(
      {
        kind: 'failure',
        failureType: 'TaskFailed',
        reason: hostile,
        evidence: { logTail: [hostile, 'Motivo: forged'] },
      },
      { workflowId: hostile, runId: 'r1', batchDate: '2026-02-08', dataset: hostile, source: hostile },
    );
    const names = message.body.split('\n').map((line) => line.split(':')[0]);
    expect(names.filter((name) => name === 'Motivo')).toEqual(['Motivo']);
    expect(message.body).not.toMatch(raw);
    for (const value of Object.values(message.attributes)) expect(value).not.toMatch(raw);
    expect(message.subject).toMatch(/^[\x20-\x7e]{1,99}$/);
  });

  test('the subject is a single line of ASCII below 100 characters', () => {
    const dataset = `año\n${'x'.repeat(200)}`;
    const { subject: line } = composeMessage({ kind: 'invalid', reasons: [] }, { ...subject, dataset });
    expect(line).toMatch(/^[\x20-\x7e]{1,99}$/);
  });
});
