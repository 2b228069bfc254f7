import '../support/compiledSchema';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { mayBeHeld } from '@etl/pipeline/approval';
import { nextLaunch } from '@etl/pipeline/budgets';
import { containerEnvironment } from '@etl/pipeline/container';
import { budgets } from '@etl/pipeline/definition';
import { budgetOf, failureTypeOfExitCode } from '@etl/pipeline/failures/table';
import type { Plan } from '@etl/pipeline/plan';
import { differences, differencesTable } from '../../step-functions/definition/differences';
import { stateMachine } from '../../step-functions/definition/machine';
import { withSubstitutions } from '../../step-functions/definition/settings';
import { execute, TaskError } from '../../step-functions/interpreter/interpreter';
import { notFollowed } from '../../step-functions/lambdas/notFollowed';
import { root } from '../support/processes';
import { samplePlan } from '../support/samplePlan';
import { shownIds } from './declared';
import { inVirtualTime } from './virtualClock';

const machine = stateMachine(withSubstitutions());

/**
 * Returns the machine's requests to ECS when its tasks stop with this code, without the generation, which must differ.
 */
async function requestsOf(stopCode: string, changes: Partial<Plan> = {}): Promise<string[]> {
  const requests: string[] = [];
  await inVirtualTime(() =>
    execute(machine, {
      name: 'e1',
      input: {},
      handlers: {
        'arn:aws:states:::lambda:invoke': async () => {
          const plan = { ...samplePlan(changes), replaces: '', declaration: '' };
          return { Payload: { valid: true, delivered: false, plan, batch: plan.batch, options: '{}' } };
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

/** The differences tested in this file, and their tests. */
const shownHere: Readonly<Record<string, () => Promise<void>>> = {
  // Spot twice, then on demand; the machine sends the same request three times.
  spot: async () => {
    const lost = { failureType: 'SpotInterruption', spot: true } as const;
    expect(nextLaunch(budgets, { spot: true }, [lost], 0)).toMatchObject({ again: true, spot: true });
    expect(nextLaunch(budgets, { spot: true }, [lost, lost], 0)).toMatchObject({ again: true, spot: false });
    const requests = await requestsOf('SpotInterruption');
    expect(requests).toHaveLength(3);
    expect(new Set(requests).size).toBe(1);
  },
  // The next launch is larger; the machine sends the same request three times.
  memory: async () => {
    const small = { failureType: 'OutOfMemory', spot: false, size: { cpu: 1024, memoryMiB: 4096 } } as const;
    expect(nextLaunch(budgets, { spot: false }, [small], 0)).toMatchObject({ size: { memoryMiB: 8192 } });
    const requests = await requestsOf('EssentialContainerExited');
    expect(requests).toHaveLength(3);
    expect(new Set(requests).size).toBe(1);
  },
  // A shard has a special environment; the machine sends the request of an ordinary conversion.
  shards: async () => {
    const compute = { spot: false, shards: 8 };
    const { batch, source, destination, options, chunkRows } = samplePlan();
    const mode = { kind: 'shard', number: 3, of: 8, indexUri: 's3://lake/index.json' } as const;
    const launch = { ...batch, inputUri: source.uri, destination, options, chunkRows, runId: 'r', generation: 1 };
    const rest = { runStartedAt: '2026-02-08T01:00:00Z', timeoutSeconds: 3600 };
    expect(containerEnvironment({ ...launch, ...rest, mode })).toMatchObject({ MODE: 'shard', SHARD: '3/8' });
    const [request = ''] = await requestsOf('SpotInterruption', { compute });
    expect(request).not.toContain('SHARD');
    expect(request).toContain('{"Name":"MODE","Value":"convert"}');
    expect(notFollowed(samplePlan({ compute }), {})).toEqual([
      expect.stringMatching(/^compute.shards: 8 tasks: ignored/),
    ]);
  },
  // The workflow waits at this exit code; the machine sends the same request three times.
  approval: async () => {
    const options = { rejects: { level: 'hold' } } as const;
    expect(failureTypeOfExitCode(76)).toBe('Held');
    expect([budgetOf('Held'), mayBeHeld(options)]).toEqual(['none', true]);
    const requests = await requestsOf('EssentialContainerExited', { options });
    expect(requests).toHaveLength(3);
    expect(new Set(requests).size).toBe(1);
    expect(notFollowed(samplePlan({ options }), {})).toEqual([expect.stringMatching(/^level hold: ignored/)]);
  },
};

const here = relative(root, __filename);
const idsShownBy = (how: string) => differences.filter(({ shownBy }) => shownBy === how).map(({ id }) => id);

describe('declared differences', () => {
  test('ids are unique, and scenarios show exactly the differences declared for them', () => {
    expect(new Set(differences.map(({ id }) => id)).size).toBe(differences.length);
    expect([...shownIds].sort()).toEqual(idsShownBy('scenarios').sort());
  });

  test('exactly the differences declared for this file are tested here', () => {
    expect(Object.keys(shownHere).sort()).toEqual(idsShownBy(`test: ${here}`).sort());
  });

  test.each(Object.entries(shownHere))('%s', (_id, show) => show());

  test.each(
    differences.flatMap(({ id, shownBy }) => {
      const [, file] = /^test: (.*)/.exec(shownBy) ?? [];
      return file === undefined || file === here ? [] : [[id, file] as const];
    }),
  )('%s: a test in %s has the id in its title', (id, file) => {
    expect(readFileSync(join(root, file), 'utf8')).toMatch(new RegExp(`\\b(test|describe)\\b.*\\('[^'\n]*\\b${id}: `));
  });

  test('the table has one row per difference and five cells per row', () => {
    const rows = differencesTable().split('\n');
    expect(rows).toHaveLength(differences.length + 2);
    for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(7);
  });

  test('compute: the validating function warns about each ignored option', () => {
    const compute = { size: { cpu: 1024, memoryMiB: 4096 }, ephemeralStorageGiB: 50, spot: true };
    const timings = { ...samplePlan().timings, timeoutSeconds: 7200, startTimeoutSeconds: 60 };
    expect(notFollowed(samplePlan({ compute, timings }), {})).toHaveLength(5);
  });
});
