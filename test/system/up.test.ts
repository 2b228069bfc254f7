import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { deleteFaults, getFaults, putFaults } from '@etl/fargate/faults/control';
import { fileUri } from '@etl/lib/fileUri';
import { getFreePort } from '../../local/freePort';
import { writeSalesSample } from '../../local/samples/ventas';
import { etl, etlProcess, isAlive, LocalSystemUnderTest, until } from '../support/system';

const withServer = process.env.ETL_TEST_TEMPORAL ? describe : describe.skip;

withServer('the life cycle of etl up', () => {
  const withSystem = async (work: (system: LocalSystemUnderTest) => Promise<void>) => {
    const system = await LocalSystemUnderTest.create({ ETL_TIME_SCALE: '0.02' });
    try {
      await work(system);
    } finally {
      await system.remove();
    }
  };
  /** A task lives for at least five seconds. */
  const slow = { rules: [{ fault: 'slow', share: 0.1 }] };
  const failing = { seed: 3, rules: [{ fault: 'serverError' }] };
  const startSlowRun = async (system: LocalSystemUnderTest): Promise<{ workflowId: string; task: string }> => {
    const [file, workflowId] = [join(system.folder, 'slow.csv'), 'slow'];
    await writeSalesSample(file, 8000);
    const destination = fileUri(join(system.folder, 'out'));
    const detail = { s3Key: fileUri(file), batchDate: '2026-02-08', destination, chunkRows: 1000 };
    await system.withClient((client) =>
      client.workflow.start('etlPipeline', { workflowId, taskQueue: 'etl', args: [{ detail }] }),
    );
    const task = await until('a running program', 30, () =>
      system.taskIds().find((id) => system.programPid(id) !== undefined),
    );
    return { workflowId, task };
  };

  test.concurrent('--faults are switched at the endpoint and restored with it; Ctrl-C ends all in order, and a restart completes the workflow', () =>
    withSystem(async (system) => {
      const { ecs, pids } = await system.up('--faults', JSON.stringify(failing));
      expect(await getFaults(ecs)).toMatchObject({ on: true, plan: { seed: 3 }, counts: [0] });
      await deleteFaults(ecs);
      process.kill(pids.ecs, 'SIGKILL');
      await until('the endpoint is back, with its faults', 30, () =>
        getFaults(ecs).then(
          ({ on, plan }) => on && plan?.seed === 3,
          () => false,
        ),
      );
      await putFaults(ecs, slow);
      const { workflowId, task } = await startSlowRun(system);
      const program = system.programPid(task) ?? -1;
      await putFaults(ecs, failing);
      await system.end('SIGINT');
      for (const pid of [...Object.values(pids), program]) expect(isAlive(pid)).toBe(false);
      expect(system.taskFile(task, 'end.json')).toContain('143');

      await system.up();
      await system.withClient(async (client) => {
        expect(await client.workflow.getHandle(workflowId).result()).toMatchObject({
          delivered: { kind: 'delivered' },
        });
      });
      expect(system.taskIds()).toHaveLength(2);
    }));

  test.concurrent('after SIGKILL no server, endpoint or worker is left, and the surviving task is found again', () =>
    withSystem(async (system) => {
      const { pids } = await system.up('--faults', JSON.stringify(slow));
      const { workflowId, task } = await startSlowRun(system);
      await system.end('SIGKILL');
      await until('its parts ended', 20, () => Object.values(pids).every((pid) => !isAlive(pid)));
      await system.up();
      await system.withClient(async (client) => {
        expect(await client.workflow.getHandle(workflowId).result()).toMatchObject({
          delivered: { byThisRun: true },
        });
      });
      expect(system.taskIds()).toEqual([task]);
    }));
});

describe('errors of the command line', () => {
  const nothing = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const lines = (text: string): string[] => text.trim().split('\n');

  test.concurrent.each<[string, string[], number, RegExp]>([
    [
      'no server',
      ['run', 'samples/ventas.csv', '--date', '2026-02-08'],
      69,
      /cannot reach a Temporal server at 127.0.0.1:1/,
    ],
    ['a missing file', ['run', 'none.csv', '--date', '2026-02-08'], 66, /file not found: none.csv/],
    ['a folder instead of a file', ['convert', 'samples', '--out', 'x'], 66, /samples is not a file/],
    ['an invalid date', ['run', 'samples/ventas.csv', '--date', '2026-02-30'], 64, /2026-02-30 is not a calendar date/],
    [
      'options that are not JSON',
      ['convert', 'samples/ventas.csv', '--out', 'x', '--options', '{'],
      64,
      /--options is not JSON/,
    ],
    [
      'an unknown option key',
      ['convert', 'samples/ventas.csv', '--out', 'x', '--options', '{"delim":";"}'],
      64,
      /delim: unknown key/,
    ],
    [
      'an output that cannot be created',
      ['convert', 'samples/ventas.csv', '--out', '/dev/null/x', '--json'],
      78,
      /\/dev\/null/,
    ],
    ['an invalid fault plan', ['up', '--faults', '{"rules":[{"fault":"rain"}]}'], 64, /rules\.0\.fault: "rain"/],
    ['an unknown scheme', ['run', 'gs://a/b.csv', '--date', '2026-02-08'], 64, /is not a valid file URI/],
    [
      'an invalid bucket name',
      ['run', 'samples/ventas.csv', '--date', '2026-02-08', '--out', 's3://b/x'],
      64,
      /Correct the bucket name: use 3 to 63 lowercase letters/,
    ],
    [
      'a number below 1',
      ['logs', 'x', '--launch', '0'],
      64,
      /--launch: 0 is not .*\nUse a whole number of 1 or more\n/,
    ],
    [
      'no minutes',
      ['schedule', 'lateness', '--every', '0'],
      64,
      /--every: 0 is not .*\nUse a form such as 15 or 15m\n/,
    ],
    ['an invalid value of an option', ['codec-server', '--port', 'x'], 64, /^error: --port: x is not a port\n/],
  ])('%s', async (_what, args, exitCode, words) => {
    const ended = await etl(args, nothing);
    expect(ended.stderr).toMatch(words);
    expect(ended.exitCode).toBe(exitCode);
    expect(lines(ended.stderr)).toHaveLength(2);
    expect(ended.stdout).toBe('');
  });

  test.concurrent('invalid configuration names every variable', async () => {
    const ended = await etl(['up'], { LOG_LEVEL: 'loud', ETL_TIME_SCALE: '9' });
    expect(ended.exitCode).toBe(78);
    expect(ended.stderr).toMatch(/LOG_LEVEL.*ETL_TIME_SCALE|ETL_TIME_SCALE.*LOG_LEVEL/);
  });

  test.concurrent('rejects an unknown command and a missing option', async () => {
    expect((await etl(['upp'])).exitCode).toBe(64);
    expect((await etl(['run', 'samples/ventas.csv'])).exitCode).toBe(64);
    expect((await etl(['--help'])).exitCode).toBe(0);
  });

  test.concurrent('etl convert prints the manifest', async () => {
    const system = await LocalSystemUnderTest.create();
    try {
      const { stdout, exitCode } = await etlProcess([
        'convert',
        'samples/ventas.csv',
        '--out',
        system.folder,
        '--json',
      ]);
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ version: 1, totals: { rowsRead: 30, rowsWritten: 30 } });
    } finally {
      await system.remove();
    }
  });

  const testWithServer = process.env.ETL_TEST_TEMPORAL ? test.concurrent : test.skip;
  testWithServer.each(['--temporal-port', '--ui-port', '--ecs-port'])('reports a taken port: %s', async (option) => {
    const system = await LocalSystemUnderTest.create();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    try {
      const other = { '--temporal-port': '0', '--ui-port': '0', '--ecs-port': '0' };
      for (const name of Object.keys(other) as (keyof typeof other)[]) {
        other[name] = String(name === option ? port : await getFreePort());
      }
      const ended = await etlProcess(['up', ...Object.entries(other).flat()], {
        ETL_STATE_DIR: system.stateDir,
        TEMPORAL_ADDRESS: '',
      });
      expect(ended).toMatchObject({ exitCode: 69, stderr: expect.stringContaining(String(port)) });
      expect(lines(ended.stderr)).toHaveLength(2);
    } finally {
      server.close();
      await system.remove();
    }
  });
});

withServer('etl demo', () => {
  const demo = async (stateDir: string) => {
    const env = { ...process.env, ETL_STATE_DIR: stateDir, TEMPORAL_ADDRESS: '' };
    const child = spawn(process.execPath, ['cli/etl.js', 'demo', '--rows', '30000'], {
      cwd: join(__dirname, '..', '..'),
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    return { child, output: () => output, exited: once(child, 'exit') as Promise<[number | null]> };
  };

  test('ends with a summary and the next commands', async () => {
    const system = await LocalSystemUnderTest.create();
    try {
      const { output, exited } = await demo(system.stateDir);
      expect((await exited)[0]).toBe(0);
      for (const words of [
        '30,000 read',
        'part-00001.parquet',
        'ETL completado para 2026-02-08',
        'npx etl up',
        'Web UI',
      ]) {
        expect(output()).toContain(words);
      }
      // Node.js prints its warnings so.
      expect(output()).not.toMatch(/\(node:\d+\)/);
    } finally {
      await system.remove();
    }
  });

  test.each([
    ['while it starts', 'Starting Temporal'],
    ['while the run is under way', 'Run: '],
  ])('Ctrl-C %s soon ends everything, and leaves no partial output', async (_when, words) => {
    const system = await LocalSystemUnderTest.create();
    try {
      const { child, output, exited } = await demo(system.stateDir);
      await until(words, 60, () => output().includes(words) || child.exitCode !== null);
      expect(output()).toContain(words);
      // A busy machine would let the demo end while its processes are listed.
      child.kill('SIGSTOP');
      const descendants = await pidsBelow(child.pid ?? -1);
      child.kill('SIGINT');
      child.kill('SIGCONT');
      const before = Date.now();
      expect((await exited)[0]).toBe(130);
      expect(Date.now() - before).toBeLessThan(20_000);
      await until('nothing left', 5, () => descendants.every((pid) => !isAlive(pid)));
      expect(existsSync(join(system.stateDir, 'demo', 'lake'))).toBe(false);
    } finally {
      await system.remove();
    }
  });
});

/** Returns the IDs of all descendants of a process. */
async function pidsBelow(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const entry of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    const parent = /\) \S (\d+)/.exec(stat)?.[1];
    if (parent) parents.set(Number(entry), Number(parent));
  }
  const below = (of: number): number[] =>
    [...parents].filter(([, parent]) => parent === of).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}
