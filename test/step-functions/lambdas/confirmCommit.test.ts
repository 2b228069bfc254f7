import { layout } from '@etl/pipeline/layout';
import type { Plan } from '@etl/pipeline/plan';
import { openStore } from '@etl/storage/openStore';
import { stateMachine } from '../../../step-functions/definition/machine';
import { withSubstitutions } from '../../../step-functions/definition/settings';
import { handler } from '../../../step-functions/lambdas/confirmCommit';
import { handler as validateInput } from '../../../step-functions/lambdas/validateInput';
import { aRun, TemporaryLake } from './support';

let lake: TemporaryLake;
let plan: Plan;
beforeEach(async () => {
  lake = new TemporaryLake();
  lake.put('ventas/ventas_2026_02.csv', 'id\n1\n');
  const event = { detail: { s3Key: 'ventas/ventas_2026_02.csv', batchDate: '2026-02-08' } };
  const answer = await validateInput({ event });
  if (!answer.valid) throw new Error(answer.reasons.join());
  plan = answer.plan;
});
afterEach(() => lake.remove());

const totals = { rowsRead: 1, rowsWritten: 1, rowsBlank: 0, rowsRejected: 0, datesCoerced: 0 };

async function commit(changes: object): Promise<void> {
  const manifest = {
    version: 1,
    runId: 'run-1',
    generation: 1,
    runStartedAt: aRun.startedAt,
    source: plan.source,
    optionsHash: plan.optionsHash,
    parts: [],
    totals,
    warnings: ['a_2 was a'],
    ...changes,
  };
  await openStore().write(layout(plan.destination, plan.batch).commit(1), JSON.stringify(manifest));
}

test('returns the delivery for a commit of this run', async () => {
  await commit({});
  expect(await handler({ plan, run: aRun })).toEqual({
    kind: 'delivered',
    commit: 1,
    byThisRun: true,
    published: layout(plan.destination, plan.batch).published,
    parts: 0,
    totals,
    warnings: ['a_2 was a'],
  });
});

test('throws an error that the machine catches by name when there is no commit', async () => {
  await expect(handler({ plan, run: aRun })).rejects.toMatchObject({ name: 'CommitMissing' });
});

test("throws another error for a later run's commit of another source, and names that run", async () => {
  const source = { ...plan.source, fingerprint: 'other' };
  await commit({ runId: 'run-2', runStartedAt: '2026-02-08T02:00:00.000Z', source });
  await expect(handler({ plan, run: aRun })).rejects.toMatchObject({
    name: 'Superseded',
    message: expect.stringContaining('run-2'),
  });
});

test('the error names match those of the state machine', () => {
  const { Catch = [] } = stateMachine(withSubstitutions()).States.ConfirmCommit as {
    Catch?: { ErrorEquals: string[] }[];
  };
  expect(Catch.flatMap(({ ErrorEquals }) => ErrorEquals)).toEqual([
    'CommitMissing',
    'Superseded',
    'BadConfiguration',
    'CredentialsRefused',
    'States.ALL',
  ]);
});
