import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { deleteFaults, getFaults, putFaults } from '@etl/fargate/faults/control';
import { fileUri } from '@etl/lib/fileUri';
import { isAlive } from '@etl/lib/processIdentity';
import type { ReapReport } from '../../workflows/reapTasks';
import { readTasks } from '../support/realTasks';
import { LocalSystemUnderTest } from '../support/system';
import { badDay } from './faults';
import { FragileWorker } from './hands';
import { readMessages } from './messages';
import { makeSources } from './sources';
import { summary } from './summary';
import { problemsOf } from './verify';
import { hangsAfterMs, walk } from './walk';

/** Set by `npm run chaos -- --runs N --seed S`; .ci/run uses hundreds of runs. */
const runs = Number(process.env.ETL_CHAOS_RUNS ?? 6);
const seed = Number(process.env.ETL_CHAOS_SEED ?? 1);

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withServer('random faults', () => {
  let system: LocalSystemUnderTest;
  let worker: FragileWorker;
  beforeAll(async () => {
    system = await LocalSystemUnderTest.create({
      ETL_TIME_SCALE: '0.02',
      ETL_POLL_SECONDS: '5',
      ETL_CREDENTIAL_SECONDS: '3000',
      LOG_LEVEL: 'error',
    });
    await system.up();
    worker = new FragileWorker(system);
  });
  afterAll(async () => {
    await worker.end('SIGTERM');
    await system.remove();
  }, 600_000);

  test(
    `${runs} runs, seed ${seed}: no concurrent tasks, false reports, wrong bytes or leftover processes`,
    async () => {
      const ecs = system.ready?.ecs ?? '';
      const folder = join(system.folder, 'out');
      await mkdir(folder);
      const destination = fileUri(folder);
      const sources = await makeSources(system.folder);
      await putFaults(ecs, badDay(seed));
      const { walked, actions, reaped } = await system.withClient(async (client) => {
        const result = await walk(system, worker, client, { runs, seed, sources, destination });
        // Once ECS behaves again, the reaper certainly finds the tasks of terminated runs.
        await deleteFaults(ecs);
        const reaped: ReapReport = await client.workflow.execute('reapTasks', {
          workflowId: 'reap',
          taskQueue: 'etl',
          args: [{ stop: true, graceSeconds: 0 }],
        });
        return { ...result, reaped };
      });
      const faults = await getFaults(ecs);
      const tasks = readTasks(join(system.stateDir, 'ecs'));
      const sentBy = readMessages(system);
      const problems: string[] = [];
      for (const run of walked) {
        const { workflowId } = run;
        const own = tasks.filter((task) => task.workflowId === workflowId);
        const found = await problemsOf(run, { tasks: own, destination, sent: sentBy(workflowId) });
        // What its tasks did shows whether the report or the expectation is wrong.
        if (found.length > 0) process.stderr.write(`${workflowId}: ${JSON.stringify(own)}\n`);
        problems.push(...found);
      }
      const left = tasks.flatMap(({ programs }) => programs?.programs ?? []).filter(isAlive);
      process.stderr.write(summary({ walked, tasks: tasks.length, actions, faults, reaped }));
      expect(problems).toEqual([]);
      expect(walked).toHaveLength(runs);
      expect(left).toEqual([]);
      expect(reaped.notStopped).toEqual([]);
    },
    hangsAfterMs + 300_000 + runs * 3_000,
  );
});
