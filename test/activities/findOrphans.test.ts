import { findOrphans } from '../../activities/findOrphans';
import type { ExecutionState } from '../../activities/ports';
import { FakeTaskRunner } from '../support/fakePorts';

const closedAt = Date.parse('2026-02-08T01:00:00Z');

async function search(states: Record<string, ExecutionState>, changes: Record<string, object> = {}) {
  const tasks = new FakeTaskRunner();
  for (const workflowId of Object.keys(states)) {
    const tags = { 'etl:namespace': 'default', 'etl:run-id': `run-${workflowId}` };
    tasks.set({ taskArn: `arn:${workflowId}`, lastStatus: 'RUNNING', workflowId, tags, ...changes[workflowId] });
  }
  return findOrphans({
    tasks,
    executions: { state: async (workflowId) => states[workflowId] ?? { status: 'unknown' } },
    namespace: 'default',
    graceSeconds: 600,
    now: () => closedAt + 3_600_000,
    note: () => undefined,
  });
}

describe('findOrphans', () => {
  test('a task is an orphan when its workflow was terminated, but not while its workflow runs', async () => {
    const report = await search({
      terminated: { status: 'closed', how: 'TERMINATED', closedAt },
      busy: { status: 'running' },
    });
    expect(report).toEqual({
      examined: 2,
      orphans: [
        {
          taskArn: 'arn:terminated',
          workflowId: 'terminated',
          runId: 'run-terminated',
          lastStatus: 'RUNNING',
          workflow: 'TERMINATED at 2026-02-08T01:00:00.000Z',
        },
      ],
      unknown: [],
    });
  });

  test('a task is not an orphan while its workflow, just ended, may still be stopping it', async () => {
    const now = closedAt + 3_600_000;
    const report = await search({ fresh: { status: 'closed', how: 'FAILED', closedAt: now - 599_000 } });
    expect(report).toMatchObject({ examined: 1, orphans: [] });
  });

  test('reports a workflow that Temporal does not know, without treating its task as an orphan', async () => {
    const report = await search({ foreign: { status: 'unknown' } });
    expect(report).toMatchObject({ orphans: [], unknown: [{ workflowId: 'foreign' }] });
  });

  test('ignores tasks of other namespaces and programs, and tasks that are already stopping', async () => {
    const closed = { status: 'closed', how: 'TERMINATED', closedAt } as const;
    const report = await search(
      { other: closed, foreign: closed, stopping: closed, ended: closed },
      {
        other: { tags: { 'etl:namespace': 'staging' } },
        foreign: { tags: {} },
        stopping: { desiredStatus: 'STOPPED' },
        ended: { lastStatus: 'STOPPED' },
      },
    );
    expect(report).toEqual({ examined: 0, orphans: [], unknown: [] });
  });
});
