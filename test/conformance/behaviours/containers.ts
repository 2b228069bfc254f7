import { setTimeout as sleep } from 'node:timers/promises';
import { behaviour } from '../behaviour';
import { environment, exitCodeOf, override, scripts, type Trial } from '../world';

const optional = { essential: false };
const node = (script: string) => ({ more: { command: ['node', '-e', script] } });
/** Reads the metadata endpoint; exits with 0 if the condition on `answer` holds. */
const metadata = (path: string, condition: string) =>
  node(`const { get } = require('node:http');
    get(process.env.ECS_CONTAINER_METADATA_URI_V4 + ${JSON.stringify(path)}, (response) =>
      require('node:stream/consumers').json(response)
        .then((answer) => process.exit(${condition} ? 0 : 1), () => process.exit(2)))`);
/** Allocates 700 MB and keeps them for two seconds, so that a memory monitor can notice. */
const hungry = node(
  'const all = []; for (let i = 0; i < 14; i++) all.push(Buffer.alloc(5e7, 1)); setTimeout(() => process.exit(9), 2000)',
);

/** Returns the environment of a conversion of this trial's source. */
async function conversion({ world: { lake }, family }: Trial, csv: string) {
  return {
    INPUT_FILE: await lake.put(`${family}.csv`, csv),
    OUTPUT_PREFIX: lake.destination,
    DATASET: family,
    SOURCE: family,
    BATCH_DATE: '2026-02-08',
    RUN_ID: 'r1',
    RUN_STARTED_AT: '2026-02-08T01:00:00Z',
  };
}

/** @see Amazon ECS Developer Guide, "Task definition parameters" and "Task metadata endpoint version 4" */
export const containers = [
  behaviour(
    "a non-essential sidecar may end without stopping the task or changing the ETL's exit code",
    async (trial) => {
      const script = scripts.exitLater(3);
      const task = await trial.ended(await trial.run([{ script }, { script: scripts.exit(5), more: optional }]));
      expect(task.stopCode).toBe('EssentialContainerExited');
      expect([exitCodeOf(task), exitCodeOf(task, 1)]).toEqual([3, 5]);
    },
  ),
  behaviour("an essential sidecar that ends stops the task; its exit code is never the ETL's", async (trial) => {
    const task = await trial.ended(await trial.run([{ script: scripts.untilTerminated }, { script: scripts.exit(5) }]));
    expect(task.stopCode).toBe('EssentialContainerExited');
    expect(exitCodeOf(task, 1)).toBe(5);
    expect(exitCodeOf(task)).toBe(143);
  }),
  behaviour('a sidecar that stops because the ETL ended has its own exit code', async (trial) => {
    const script = scripts.exitLater(3);
    const task = await trial.ended(await trial.run([{ script }, { script: scripts.untilTerminated, more: optional }]));
    expect([exitCodeOf(task), exitCodeOf(task, 1)]).toEqual([3, 143]);
  }),
  behaviour('the metadata endpoint returns the task of a container', async (trial) => {
    const arn = await trial.run(
      metadata('/task', `answer.Family === ${JSON.stringify(trial.family)} && answer.TaskARN`),
    );
    expect(exitCodeOf(await trial.ended(arn))).toBe(0);
  }),
  behaviour('the metadata endpoint returns the memory usage of a container', async (trial) => {
    const arn = await trial.run(metadata('/stats', 'answer.memory_stats.usage > 0'));
    expect(exitCodeOf(await trial.ended(arn))).toBe(0);
  }),
  behaviour(
    'a container that exceeds the memory of its task is killed: exit code 137, OutOfMemoryError',
    async (trial) => {
      const task = await trial.ended(await trial.run(hungry));
      expect(exitCodeOf(task)).toBe(137);
      expect(task.containers?.[0]?.reason).toMatch(/^OutOfMemoryError: /);
    },
  ),
  behaviour(
    'StopTask sends SIGTERM, and the exit code is that of the program: 143 for the ETL image',
    async (trial) => {
      const { lake, etlImage } = trial.world;
      const csv = `a,b\n${Array.from({ length: 200_000 }, (_, n) => `${n},text ${n}`).join('\n')}\n`;
      const task = { ...(await conversion(trial, csv)), CHUNK_ROWS: '100' };
      const arn = await trial.run({
        more: { image: etlImage, environment: environment({ ...lake.environment, ...task }) },
      });
      await trial.until(arn, 'RUNNING');
      await sleep(1500);
      await trial.stop(arn);
      expect(exitCodeOf(await trial.ended(arn))).toBe(143);
    },
  ),
  behaviour('the ETL image converts a CSV file to Parquet, with paths from overrides', async (trial) => {
    const { lake, etlImage } = trial.world;
    const csv = 'ID Venta,Fecha,Total\n1,08/02/2026,10.5\n2,13/02/2026,11\n';
    const overrides = override({ environment: environment(await conversion(trial, csv)) });
    const more = { image: etlImage, environment: environment(lake.environment) };
    const arn = await trial.run({ more }, { overrides });
    const ended = await trial.ended(arn);
    expect([ended.stopCode, exitCodeOf(ended)]).toEqual(['EssentialContainerExited', 0]);
    expect(await lake.rows(`${trial.family}/batch_date=2026-02-08/source=${trial.family}`)).toEqual([
      { id_venta: 1n, fecha: new Date('2026-02-08T00:00:00Z'), total: 10.5 },
      { id_venta: 2n, fecha: new Date('2026-02-13T00:00:00Z'), total: 11 },
    ]);
  }),
];
