import { nextLaunch } from '@etl/pipeline/budgets';
import { budgets, steps } from '@etl/pipeline/definition';
import { differences, differencesTable } from '../../asl/differences';
import { stateMachine } from '../../asl/machine';
import { withSubstitutions } from '../../asl/settings';
import type { TaskState } from '../../asl/types';
import { notFollowed } from '../../lambdas/notFollowed';
import { execute, TaskError } from '../../local/stepFunctions/interpreter';
import { samplePlan } from '../support/rig';
import { shownIds } from './declared';
import { inVirtualTime } from './virtualClock';

const machine = stateMachine(withSubstitutions());

/** The requests that the machine sends to ECS while its tasks end so, without what must differ: the generation. */
async function requestsOf(stopCode: string): Promise<string[]> {
  const requests: string[] = [];
  await inVirtualTime(() =>
    execute(machine, {
      name: 'e1',
      input: {},
      handlers: {
        'arn:aws:states:::lambda:invoke': async () => {
          const plan = samplePlan();
          return { Payload: { valid: true, plan, batch: plan.batch, options: '{}' } };
        },
        'arn:aws:states:::ecs:runTask.sync': async (parameters) => {
          requests.push(JSON.stringify(parameters).replace(/"Name":"GENERATION","Value":"\d"/, ''));
          throw new TaskError('States.TaskFailed', JSON.stringify({ StopCode: stopCode }));
        },
        'arn:aws:states:::sns:publish': async () => ({ MessageId: 'm' }),
        'arn:aws:states:::sqs:sendMessage': async () => ({ MessageId: 'l' }),
      },
    }),
  );
  return requests;
}

describe('declared differences', () => {
  test('each has an id of its own, and scenarios show exactly those that say so', () => {
    expect(new Set(differences.map(({ id }) => id)).size).toBe(differences.length);
    const said = differences.filter(({ shownBy }) => shownBy === 'scenarios').map(({ id }) => id);
    expect([...shownIds].sort()).toEqual([...said].sort());
  });

  test('few are known from documentation alone', () => {
    expect(differences.filter(({ shownBy }) => shownBy.startsWith('documentation'))).toHaveLength(3);
  });

  test('the table has a row for each, and five cells in each row', () => {
    const rows = differencesTable().split('\n');
    expect(rows).toHaveLength(differences.length + 2);
    for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(7);
  });

  test('spot: two losses, then on demand; the machine sends the same request three times', async () => {
    const lost = { failureType: 'SpotInterruption', spot: true } as const;
    expect(nextLaunch(budgets, { spot: true }, [lost], 0)).toMatchObject({ again: true, spot: true });
    expect(nextLaunch(budgets, { spot: true }, [lost, lost], 0)).toMatchObject({ again: true, spot: false });
    const requests = await requestsOf('SpotInterruption');
    expect(requests).toHaveLength(3);
    expect(new Set(requests).size).toBe(1);
  });

  test('memory: the next launch is larger; the machine sends the same request three times', async () => {
    const small = { failureType: 'OutOfMemory', spot: false, size: { cpu: 1024, memoryMiB: 4096 } } as const;
    expect(nextLaunch(budgets, { spot: false }, [small], 0)).toMatchObject({ size: { memoryMiB: 8192 } });
    const requests = await requestsOf('EssentialContainerExited');
    expect(requests).toHaveLength(3);
    expect(new Set(requests).size).toBe(1);
  });

  test('lost-worker: the wait has a heartbeat, and the state of the task has none', () => {
    expect(steps.awaitTask.heartbeatSeconds).toBeGreaterThan(0);
    expect((machine.States.TransformData as TaskState).HeartbeatSeconds).toBeUndefined();
  });

  test('wishes: the function that validates warns of each that is not followed', () => {
    const compute = { size: { cpu: 1024, memoryMiB: 4096 }, ephemeralStorageGiB: 50, spot: true };
    const timings = { ...samplePlan().timings, timeoutSeconds: 7200, startTimeoutSeconds: 60 };
    expect(notFollowed(samplePlan({ compute, timings }))).toHaveLength(5);
  });
});
