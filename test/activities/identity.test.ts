import { clientToken, startedBy, tags } from '../../activities/identity';

const run = { workflowId: 'etl/ventas/2026-02-08/v', runId: 'run-1', startedAt: '2026-02-08T01:00:00.000Z' };

test('the client token depends only on the workflow ID, the run ID and the generation', () => {
  const token = clientToken(run, 1);
  expect(token).toMatch(/^[0-9a-f]{1,64}$/);
  expect(clientToken({ ...run, startedAt: 'later' }, 1)).toBe(token);
  expect(clientToken(run, 2)).not.toBe(token);
  expect(clientToken({ ...run, runId: 'run-2' }, 1)).not.toBe(token);
  expect(clientToken({ ...run, workflowId: 'other' }, 1)).not.toBe(token);
});

test('startedBy and tags contain only characters that ECS allows, whatever the workflow ID', () => {
  expect(startedBy('etl/año/ñ?*')).toMatch(/^[A-Za-z0-9\-/_]{1,128}$/);
  expect(tags('default', { ...run, workflowId: 'a*b?c' }, 1)).toEqual({
    'etl:namespace': 'default',
    'etl:workflow-id': 'a_b_c',
    'etl:run-id': 'run-1',
    'etl:generation': '1',
  });
});
