import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { identify } from '@etl/lib/processIdentity';
import { Client, Connection } from '@temporalio/client';
import { getFreePort } from '../../local/freePort';
import { type Ended, root } from '../support/processes';
import { etl as etlCommand, etlProcess, tasksAlone, until } from '../support/system';
import { thorough } from '../support/thorough';

const server = process.env.ETL_TEST_TEMPORAL;
const withServer = server ? describe : describe.skip;

withServer('a local system in the background', () => {
  const folder = mkdtempSync(join(tmpdir(), 'etl-background-'));
  const env: NodeJS.ProcessEnv = {
    ...tasksAlone,
    PATH: [dirname(server ?? ''), process.env.PATH].join(delimiter),
    XDG_STATE_HOME: join(folder, 'registry'),
    TEMPORAL_ADDRESS: '',
    ETL_STATE_DIR: '',
  };
  const etl = (...args: string[]): Promise<Ended> =>
    args[0] === 'up' ? etlProcess(args, env, folder) : etlCommand(args, env, folder);
  let ports: string[];
  beforeAll(async () => {
    const free = [await getFreePort(), await getFreePort(), await getFreePort()];
    ports = ['--temporal-port', '--ui-port', '--ecs-port'].flatMap((option, index) => [option, String(free[index])]);
  });
  afterAll(async () => {
    await etl('down');
    rmSync(folder, { recursive: true, force: true });
  });

  test('starts, reports its status, runs a file, and stops', async () => {
    // A test in another process may use the default address.
    const nowhere = { ...env, TEMPORAL_ADDRESS: `127.0.0.1:${ports[1]}` };
    expect(await etlCommand(['status', '--json'], nowhere, folder)).toMatchObject({
      exitCode: 69,
      stdout: expect.stringMatching(/^\{"night":\{.*"answers":false.*"systems":\[\],"killed":\[\]\}\n$/),
    });
    expect(await etl('down')).toMatchObject({ exitCode: 0, stdout: 'No local system is running.\n' });

    const started = await etl('up', '--detach', '--json', ...ports);
    expect(started.exitCode).toBe(0);
    const { pid, temporal } = JSON.parse(started.stdout) as { pid: number; temporal: string };
    expect(identify(pid)).toBeDefined();

    // On a machine that stalls, a part may not answer in time.
    const all = { temporalAnswers: true, ecsAnswers: true, workers: 1 };
    const shown = await until('a system whose parts answer', 60, async () => {
      const { exitCode, stdout } = await etl('status', '--json');
      const { systems } = JSON.parse(stdout) as { systems: (typeof all)[] };
      return systems[0]?.ecsAnswers && systems[0].temporalAnswers && { exitCode, systems };
    });
    expect(shown).toMatchObject({ exitCode: 0, systems: [{ pid, temporal, stateDir: join(folder, '.etl'), ...all }] });

    const file = join(root, 'samples', 'ventas.csv');
    expect(await etl('run', file, '--date', '2026-02-08')).toMatchObject({ exitCode: 0 });

    const second = await etl('up', '--detach', ...ports);
    expect(second.exitCode).toBe(69);
    expect(second.stderr).toMatch(/^error: .*\n.+\n$/);

    const stopped = await etl('down');
    expect(stopped).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/\nStopped\.\n$/) });
    // A zombie does not count.
    expect(identify(pid)).toBeUndefined();
    expect((await etl('status')).stdout).toMatch(/^No local system is running/m);
  });

  test('a system that cannot start reports the cause, and its remedy', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { exitCode, stderr } = await etl('up', '--detach', ...ports.slice(0, 4), '--ecs-port', String(port));
    taken.close();
    expect(exitCode).toBe(69);
    expect(stderr).toMatch(/^error: .+\n.+\n$/);
    expect(stderr).toContain(`port ${port}`);
    expect(stderr).toMatch(/choose another port: .* up .*--detach --ecs-port \d+\n$/);
    expect((await etl('status')).stdout).toMatch(/^No local system is running/m);
  });

  interface Part {
    readonly name: string;
    readonly pid: number;
  }
  /** Returns the processes of the system that this folder announces. */
  const announced = (): { readonly pid: number; readonly parts: readonly Part[] } => {
    const entries = join(folder, 'registry', 'etl-orchestrator', 'systems');
    const [name = ''] = readdirSync(entries).filter((each) => each.endsWith('.json'));
    return JSON.parse(readFileSync(join(entries, name), 'utf8'));
  };
  const statusNow = async () =>
    JSON.parse((await etl('status', '--json')).stdout) as {
      readonly systems: readonly { readonly ended: readonly string[]; readonly temporalAnswers: boolean }[];
      readonly killed: readonly { readonly stateDir: string; readonly pid: number; readonly left: readonly string[] }[];
    };
  const upAndRun = async (batchDate: string): Promise<void> => {
    const up = await etl('up', '--detach', ...ports);
    expect({ ...up, stdout: '' }).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    const ran = await etl('run', join(root, 'samples', 'ventas.csv'), '--date', batchDate);
    expect({ exitCode: ran.exitCode, stderr: ran.stderr }).toEqual({ exitCode: 0, stderr: '' });
  };
  const runs = async (): Promise<readonly string[]> => {
    const connection = await Connection.connect({ address: `127.0.0.1:${ports[1]}` });
    const ids: string[] = [];
    for await (const { workflowId } of new Client({ connection }).workflow.list()) ids.push(workflowId);
    await connection.close();
    return ids.sort();
  };

  test('kill -9 of the system and its guard: status names what is left, down stops it, and up continues with the earlier runs', async () => {
    await upAndRun('2026-03-01');
    const before = await runs();
    const { pid, parts } = announced();
    expect(parts.map(({ name }) => name).sort()).toEqual(['Fargate endpoint', 'Temporal server', 'worker']);
    // Without its guard, nothing ends the parts of a killed system.
    const guard = childrenOf(pid).find(({ command: text }) => text.includes('guardMain'));
    for (const each of [Number(guard?.pid), pid]) process.kill(each, 'SIGKILL');
    const { systems, killed } = await statusNow();
    expect(systems).toEqual([]);
    expect(killed).toMatchObject([{ stateDir: join(folder, '.etl'), pid }]);
    expect(killed[0]?.left).toContainEqual(expect.stringMatching(/^Temporal server \(process \d+\)$/));
    expect((await etl('status')).stdout).toMatch(
      /Killed {4}process \d+.*\nRemaining .*Temporal server.*\nClean up .*etl.* down\n/,
    );

    expect(await etl('down')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/was killed\. Stopping .*Temporal server[\s\S]*Stopped\.\n$/),
    });
    expect(parts.filter((part) => identify(part.pid))).toEqual([]);
    expect(await statusNow()).toMatchObject({ systems: [], killed: [] });

    await upAndRun('2026-03-02');
    expect(await runs()).toEqual(expect.arrayContaining([...before]));
  });

  test('kill -9 of the system: up ends what is left and starts in the same folder', async () => {
    const before = await runs();
    const { pid, parts } = announced();
    process.kill(pid, 'SIGKILL');
    await upAndRun('2026-03-04');
    expect(parts.filter((part) => identify(part.pid))).toEqual([]);
    expect(await runs()).toEqual(expect.arrayContaining([...before]));
    expect(await statusNow()).toMatchObject({ systems: [{ ended: [] }], killed: [] });
  });

  test.each(thorough ? ['Temporal server', 'worker'] : ['Temporal server'])(
    'kill -9 of the %s: status names it, and it is restarted',
    async (name) => {
      const victim = announced().parts.find((part) => part.name === name);
      const before = await runs();
      process.kill(victim?.pid ?? 0, 'SIGKILL');
      const named = `${name} (process ${victim?.pid})`;
      await until('status names it', 60, async () => (await statusNow()).systems[0]?.ended.includes(named));
      await until(`${name} runs again`, 60, async () => (await statusNow()).systems[0]?.ended.length === 0);
      await until('a worker polls', 60, async () => (await statusNow()).systems[0]?.temporalAnswers);
      const date = name === 'worker' ? '2026-03-05' : '2026-03-06';
      expect(await etl('run', join(root, 'samples', 'ventas.csv'), '--date', date)).toMatchObject({ exitCode: 0 });
      expect(await runs()).toEqual(expect.arrayContaining([...before]));
    },
  );
});

/** Returns the child processes of a process. */
function childrenOf(parent: number): { readonly pid: number; readonly command: string }[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,command='], { encoding: 'utf8' }).split('\n');
  const processes = lines.map((line) => line.trim().split(/\s+/));
  return processes.flatMap(([pid, ppid, ...words]) =>
    Number(ppid) === parent ? [{ pid: Number(pid), command: words.join(' ') }] : [],
  );
}
