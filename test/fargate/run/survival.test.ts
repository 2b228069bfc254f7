import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { ListTasksCommand, RegisterTaskDefinitionCommand, RunTaskCommand } from '@aws-sdk/client-ecs';
import { startEcsEndpoint } from '@etl/fargate/endpoint';
import {
  cluster,
  defaults,
  definition,
  exitCodeOf,
  idOf,
  images,
  isRunning,
  networkConfiguration,
  newStateDir,
  programOf,
  type Rig,
  rigOf,
  startRig,
  stopRig,
} from '../support';

const main = join(__dirname, '..', '..', '..', 'dist', 'local', 'fargate.js');
const restart = (stateDir: string) => startRig({ stateDir });

/** Starts the endpoint as a separate process on a free port. */
async function startProcess(stateDir: string, ...more: string[]): Promise<{ child: ChildProcess; rig: Rig }> {
  const imageArguments = Object.entries(images).flatMap(([name, command]) => [
    '--image',
    `${name}=${JSON.stringify(command)}`,
  ]);
  const child = spawn(process.execPath, [
    main,
    '--port',
    '0',
    '--state',
    stateDir,
    '--cluster',
    cluster,
    '--rate-limits',
    'off',
    ...imageArguments,
    ...more,
  ]);
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = JSON.parse(line) as { ecs: string; port: number };
    const nothing = () => Promise.resolve();
    return { child, rig: rigOf({ url: ready.ecs, port: ready.port, close: nothing, stopAllTasks: nothing }, stateDir) };
  }
  throw new Error('the endpoint has not started');
}

const ended = (child: ChildProcess) => new Promise((resolve) => child.once('exit', resolve));

async function read<T>(rig: Rig, arn: string, name: string): Promise<T> {
  return JSON.parse(await readFile(join(rig.stateDir, 'tasks', idOf(arn), name), 'utf8')) as T;
}
const supervisorOf = (rig: Rig, arn: string) => read<{ pid: number; started: string }>(rig, arn, 'supervisor.json');

describe('kill -9 of the endpoint', () => {
  it('leaves tasks running; the next endpoint lists them and records their exit', async () => {
    const stateDir = await newStateDir();
    const first = await startProcess(stateDir);
    const lasting = await first.rig.run('graceful:1', { clientToken: 'lasting' });
    const ending = await first.rig.run('sleep:1');
    await first.rig.running(ending);
    await first.rig.logged(lasting, 'ready');
    const gone = ended(first.child);
    first.child.kill('SIGKILL');
    await gone;

    const { pid } = await programOf(first.rig, ending);
    expect(isRunning(pid)).toBe(true);
    process.kill(pid, 'SIGTERM');
    for (let i = 0; i < 200 && !existsSync(join(stateDir, 'tasks', idOf(ending), 'end.json')); i++) await delay(25);

    const rig = await restart(stateDir);
    try {
      expect((await rig.task(lasting)).lastStatus).toBe('RUNNING');
      const task = await rig.stopped(ending);
      expect([task.stopCode, exitCodeOf(task)]).toEqual(['EssentialContainerExited', 143]);
      const { tasks } = await rig.client.send(
        new RunTaskCommand({
          cluster,
          taskDefinition: 'arn:aws:ecs:us-east-1:000000000000:task-definition/worker:1',
          launchType: 'FARGATE',
          networkConfiguration,
          clientToken: 'lasting',
        }),
      );
      expect(tasks?.[0]).toMatchObject({ taskArn: lasting, lastStatus: 'RUNNING' });
    } finally {
      await stopRig(rig);
    }
  });

  it('between the recorded intent and the launch: the task is launched once', async () => {
    const stateDir = await newStateDir();
    const before = await startRig({ stateDir });
    const mark = join(stateDir, 'mark');
    await before.client.send(new RegisterTaskDefinitionCommand(definition('append:1')));
    const request = new RunTaskCommand({
      cluster,
      taskDefinition: 'worker',
      launchType: 'FARGATE',
      networkConfiguration,
      clientToken: 'interrupted',
      overrides: { containerOverrides: [{ name: 'main', environment: [{ name: 'MARK', value: mark }] }] },
    });
    const arn = (await before.client.send(request)).tasks?.[0]?.taskArn ?? '';
    await before.stopped(arn);
    await before.endpoint.close();
    // The supervisor has yet to exit: its last writes must not collide with the next one.
    const [id = ''] = await readdir(join(stateDir, 'tasks'));
    const { pid } = JSON.parse(await readFile(join(stateDir, 'tasks', id, 'supervisor.json'), 'utf8')) as {
      pid: number;
    };
    while (isRunning(pid)) await delay(20);
    // At this point only the token is on disk.
    await rm(join(stateDir, 'tasks'), { recursive: true });
    await rm(mark);

    const after = await restart(stateDir);
    try {
      // The request has not been repeated yet.
      expect(exitCodeOf(await after.stopped(arn))).toBe(0);
      const answers = await Promise.all([1, 2, 3].map(() => after.client.send(request)));
      expect(answers.map(({ tasks }) => tasks?.[0]?.taskArn)).toEqual([arn, arn, arn]);
      expect((await readFile(mark, 'utf8')).trim().split('\n')).toHaveLength(1);
    } finally {
      await stopRig(after);
    }
  });
});

it('kill -9 of the endpoint at any moment of RunTask, then a retry: one task, run once', async () => {
  const stateDir = await newStateDir();
  const setUp = await startRig({ stateDir });
  await setUp.client.send(new RegisterTaskDefinitionCommand(definition('append:1')));
  await setUp.endpoint.close();
  setUp.client.destroy();
  const command = (round: number) =>
    new RunTaskCommand({
      cluster,
      taskDefinition: 'worker',
      launchType: 'FARGATE',
      networkConfiguration,
      clientToken: `round-${round}`,
      overrides: {
        containerOverrides: [{ name: 'main', environment: [{ name: 'MARK', value: join(stateDir, `mark-${round}`) }] }],
      },
    });
  const delays = [2, 5, 8, 12, 18, 26, 40];
  for (const [round, wait] of delays.entries()) {
    const { child, rig } = await startProcess(stateDir);
    const gone = ended(child);
    const lost = rig.client.send(command(round)).catch(() => undefined);
    await delay(wait);
    child.kill('SIGKILL');
    await Promise.all([gone, lost]);
    rig.client.destroy();
  }
  const rig = await restart(stateDir);
  try {
    for (const [round] of delays.entries()) {
      const { tasks = [] } = await rig.client.send(command(round));
      expect(tasks).toHaveLength(1);
      expect(exitCodeOf(await rig.stopped(tasks[0]?.taskArn ?? ''))).toBe(0);
      expect((await readFile(join(stateDir, `mark-${round}`), 'utf8')).trim().split('\n')).toHaveLength(1);
    }
    const { taskArns } = await rig.client.send(new ListTasksCommand({ cluster, desiredStatus: 'STOPPED' }));
    expect(taskArns).toHaveLength(delays.length);
  } finally {
    await stopRig(rig);
  }
}, 120_000);

describe('kill -9 of a supervisor', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig();
  });
  afterAll(() => stopRig(rig));

  it('ends the program and its children; the task is STOPPED without an exit code', async () => {
    const arn = await rig.run('parent:1');
    const { child, self } = JSON.parse(await rig.logged(arn, '}')) as { child: number; self: number };
    await rig.running(arn);
    process.kill((await supervisorOf(rig, arn)).pid, 'SIGKILL');
    const task = await rig.stopped(arn);
    expect(task.stopCode).toBe('InfrastructureHealth');
    expect(task.stoppedReason).toMatch(/^Host failure/);
    expect(exitCodeOf(task)).toBeUndefined();
    expect([isRunning(self), isRunning(child)]).toEqual([false, false]);
  });

  it('is detected without any API call', async () => {
    const arn = await rig.run('sleep:1');
    await rig.running(arn);
    const { pid } = await programOf(rig, arn);
    process.kill((await supervisorOf(rig, arn)).pid, 'SIGKILL');
    for (let i = 0; i < 100 && isRunning(pid); i++) await delay(50);
    expect(isRunning(pid)).toBe(false);
  });

  it('never signals a process that reuses the same PID', async () => {
    const bystander = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], {
      detached: true,
      stdio: 'ignore',
    });
    try {
      const arn = await rig.run('sleep:1');
      await rig.running(arn);
      const [supervisor, program] = [await supervisorOf(rig, arn), await programOf(rig, arn)];
      const file = join(rig.stateDir, 'tasks', idOf(arn), 'programs.json');
      const forged = { startedAt: Date.now(), programs: [{ ...program, pid: bystander.pid }] };
      await writeFile(file, JSON.stringify(forged));
      process.kill(supervisor.pid, 'SIGKILL');
      await rig.stopped(arn);
      expect(isRunning(bystander.pid ?? 0)).toBe(true);
      // Found by its scratch folder, since its record was wrong.
      if (existsSync('/proc/self/stat')) expect(isRunning(program.pid)).toBe(false);
    } finally {
      bystander.kill('SIGKILL');
    }
  });

  it('SIGTERM to a supervisor stops the task gracefully', async () => {
    const arn = await rig.run('graceful:1');
    await rig.logged(arn, 'ready');
    process.kill((await supervisorOf(rig, arn)).pid, 'SIGTERM');
    const task = await rig.stopped(arn);
    expect([task.stopCode, exitCodeOf(task)]).toEqual(['TerminationNotice', 143]);
  });
});

it('a task stops when its state folder is deleted', async () => {
  const rig = await startRig();
  const arn = await rig.run('sleep:1');
  await rig.running(arn);
  const [{ pid }, supervisor] = [await programOf(rig, arn), await supervisorOf(rig, arn)];
  await rig.endpoint.close();
  rig.client.destroy();
  await rm(rig.stateDir, { recursive: true });
  for (let i = 0; i < 100 && (isRunning(pid) || isRunning(supervisor.pid)); i++) await delay(50);
  expect([isRunning(pid), isRunning(supervisor.pid)]).toEqual([false, false]);
  await rm(rig.stateDir, { recursive: true, force: true });
});

describe('the endpoint itself', () => {
  it('close() leaves tasks running; stopAllTasks() stops them and rejects new ones', async () => {
    const rig = await startRig();
    try {
      const arns = [await rig.run('graceful:1'), await rig.run('stubborn:1', {}, { stopTimeout: 1 })];
      for (const arn of arns) await rig.logged(arn, 'ready');
      await rig.endpoint.close();
      const again = await startEcsEndpoint({ ...defaults, stateDir: rig.stateDir });
      await again.stopAllTasks('everybody out');
      const view = rigOf(again, rig.stateDir);
      const tasks = [await view.stopped(arns[0] ?? ''), await view.stopped(arns[1] ?? '')];
      expect(tasks.map(exitCodeOf)).toEqual([143, 137]);
      expect(tasks.map(({ stoppedReason }) => stoppedReason)).toEqual(['everybody out', 'everybody out']);
      await expect(view.run('exit:1')).rejects.toMatchObject({ name: 'ServerException' });
      view.client.destroy();
      await again.close();
    } finally {
      await stopRig(rig);
    }
  });

  it('reports a port in use with a cause, a remedy and exit code 69', async () => {
    const rig = await startRig();
    const stateDir = await newStateDir();
    try {
      const child = spawn(process.execPath, [
        main,
        '--port',
        String(rig.endpoint.port),
        '--state',
        stateDir,
        '--image',
        'a:1=["a"]',
      ]);
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
      expect(await ended(child)).toBe(69);
      expect(said.trim().split('\n')).toHaveLength(2);
      expect(said).toContain(`Port ${rig.endpoint.port} is in use`);
    } finally {
      await stopRig(rig);
      await rm(stateDir, { recursive: true, force: true });
    }
  });

  it('exits with code 0 on SIGTERM and leaves tasks running', async () => {
    const stateDir = await newStateDir();
    const { child, rig } = await startProcess(stateDir);
    const arn = await rig.run('sleep:1');
    await rig.running(arn);
    const gone = ended(child);
    child.kill('SIGTERM');
    expect(await gone).toBe(0);
    expect(isRunning((await programOf(rig, arn)).pid)).toBe(true);
    await stopRig(await restart(stateDir));
  });

  it('stops the tasks first with --stop-tasks', async () => {
    const stateDir = await newStateDir();
    const { child, rig } = await startProcess(stateDir, '--stop-tasks');
    const arn = await rig.run('graceful:1');
    await rig.logged(arn, 'ready');
    const gone = ended(child);
    child.kill('SIGTERM');
    expect(await gone).toBe(0);
    const after = await restart(stateDir);
    expect(exitCodeOf(await after.stopped(arn))).toBe(143);
    await stopRig(after);
  });
});
