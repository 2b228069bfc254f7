import { describeEnd, replayInput } from '../../../cli/actions/sink/replay';

test.each([
  [{}, {}],
  [{ sink: 'catalogo' }, { sink: 'catalogo' }],
  [{ all: true }, { all: true }],
  [{ from: '2026-02-08' }, { from: '2026-02-08', all: true }],
  [
    { sink: 'catalogo', from: '2026-02-08', to: '2026-02-09' },
    { sink: 'catalogo', from: '2026-02-08', to: '2026-02-09', all: true },
  ],
])('the options %j start a replay with %j', (options, input) => {
  expect(replayInput('ventas', options)).toEqual({ dataset: 'ventas', ...input });
});

test('formats a failed replay like a failed run, and counts omitted failures', () => {
  const batch = { dataset: 'ventas', batchDate: '2026-02-08', source: 'norte' };
  const failures = [{ batch, sink: 'catalogo', reason: 'denied' }];
  const report = { applied: 1, current: 2, failed: 3, failures };
  const end = { workflowId: 'etl-sinks/ventas', joined: false, status: 'FAILED', failureType: 'SinkFailed' };
  const reason = '3 sinks of batches of ventas lack the newest commit';
  expect(describeEnd({ dataset: 'ventas' }, { ...end, reason, report })).toEqual([
    'FAILED: SinkFailed: sinks of ventas',
    'Reason    ventas 2026-02-08 norte: catalogo: denied',
    '          … and 2 more',
    'Sinks     1 applied, 3 failed, 2 batches already current',
    'Run       etl-sinks/ventas',
    'Next      The data is committed: correct what the sink reports. Then:',
    '          npx etl sink replay ventas',
  ]);
});

test.each([
  [{ all: true }, '--all'],
  [{ sink: 'catalogo' }, '--sink catalogo'],
  [{ from: '2026-02-08', to: '2026-02-09', all: true }, '--from 2026-02-08 --to 2026-02-09'],
])('a failed replay with %j is repeated with these options', (options, shown) => {
  const end = { workflowId: 'etl-sinks/ventas', joined: false, status: 'FAILED', reason: 'not declared', report: null };
  const lines = describeEnd({ dataset: 'ventas', ...options }, { ...end, failureType: 'BadConfiguration' });
  expect(lines.slice(-2)).toEqual([
    'Next      Correct the setting, address or permission named in the reason. Then:',
    `          npx etl sink replay ventas ${shown}`,
  ]);
});
