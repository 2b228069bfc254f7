import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createEcsServer } from '@etl/fargate/http/server';
import { performDelivery } from '@etl/image/perform';
import { openStore } from '@etl/storage/openStore';
import { parseEnvironment } from '../../etl-image/src/config/environment';
import { failureOf } from '../../etl-image/src/config/failures';
import { resourcesFor } from '../../etl-image/src/config/resources';

interface Task {
  readonly arn: string;
  readonly startedBy: string;
  readonly tags: unknown;
  readonly environment: Readonly<Record<string, string>>;
  readonly createdAt: number;
  startedAt?: number;
  stoppedAt?: number;
  exitCode?: number;
}

interface RunTask {
  readonly clientToken: string;
  readonly startedBy: string;
  readonly tags: unknown;
  readonly overrides: { containerOverrides: { environment: { name: string; value: string }[] }[] };
}

/** Concurrent conversions, all of which run in this process. */
const hands = 4;

/**
 * An ECS endpoint whose tasks convert in this process, as a container does between its environment and its exit code,
 * without starting a program for each of many small files. After a given number of ended tasks, the others wait.
 */
export async function startInProcessEcs(folder: string) {
  const tasks = new Map<string, Task>();
  const byToken = new Map<string, Task>();
  const waiting: Task[] = [];
  let busy = 0;
  let ended = 0;
  let most = Number.POSITIVE_INFINITY;

  const convert = async (task: Task): Promise<number> => {
    const scratch = await mkdtemp(join(folder, 'scratch-'));
    try {
      await performDelivery({
        env: parseEnvironment(task.environment),
        store: openStore(),
        scratch,
        resources: resourcesFor(2048, 1),
        log: () => undefined,
        signal: new AbortController().signal,
      });
      return 0;
    } catch (error) {
      return failureOf(error).exitCode;
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  };

  const next = (): void => {
    while (ended < most && busy < hands && waiting.length > 0) {
      const task = waiting.shift() as Task;
      if (task.stoppedAt !== undefined) continue;
      busy++;
      task.startedAt = Date.now();
      void convert(task).then((exitCode) => {
        Object.assign(task, { exitCode, stoppedAt: Date.now() });
        busy--;
        ended++;
        next();
      });
    }
  };

  const describe = (task: Task) => {
    const isStopped = task.stoppedAt !== undefined;
    return {
      taskArn: task.arn,
      lastStatus: isStopped ? 'STOPPED' : task.startedAt === undefined ? 'PENDING' : 'RUNNING',
      desiredStatus: isStopped ? 'STOPPED' : 'RUNNING',
      createdAt: task.createdAt / 1000,
      ...(task.startedAt !== undefined && { startedAt: task.startedAt / 1000 }),
      ...(task.stoppedAt !== undefined && { stoppedAt: task.stoppedAt / 1000, stopCode: 'EssentialContainerExited' }),
      cpu: '256',
      memory: '512',
      tags: task.tags,
      containers: [{ name: 'etl-worker', ...(task.exitCode !== undefined && { exitCode: task.exitCode }) }],
    };
  };

  const operations: Record<string, (input: never) => object> = {
    RunTask({ clientToken, startedBy, tags, overrides }: RunTask) {
      let task = byToken.get(clientToken);
      if (!task) {
        const arn = `arn:aws:ecs:us-east-1:000000000000:task/etl-local/${randomBytes(16).toString('hex')}`;
        const pairs = overrides.containerOverrides[0]?.environment ?? [];
        const environment = Object.fromEntries(pairs.map(({ name, value }) => [name, value]));
        task = { arn, startedBy, tags, environment, createdAt: Date.now() };
        byToken.set(clientToken, task);
        tasks.set(arn, task);
        waiting.push(task);
        next();
      }
      return { tasks: [describe(task)], failures: [] };
    },
    DescribeTasks({ tasks: arns }: { tasks: string[] }) {
      return { tasks: arns.flatMap((arn) => (tasks.has(arn) ? [describe(tasks.get(arn) as Task)] : [])), failures: [] };
    },
    ListTasks({ startedBy, desiredStatus }: { startedBy: string; desiredStatus?: string }) {
      const wanted = [...tasks.values()].filter(
        (task) => task.startedBy === startedBy && (task.stoppedAt !== undefined) === (desiredStatus === 'STOPPED'),
      );
      return { taskArns: wanted.map(({ arn }) => arn) };
    },
    StopTask({ task: arn }: { task: string }) {
      const task = tasks.get(arn);
      if (task && task.startedAt === undefined) task.stoppedAt = Date.now();
      return {};
    },
  };

  const server = createEcsServer(async (operation, input) => operations[operation]?.(input as never) ?? {}, []);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Starts tasks until `count` have ended, and lets the running ones finish. */
    runUntil: (count: number): void => {
      most = count;
      next();
    },
    waiting: (): number => waiting.length,
    idle: (): boolean => busy === 0,
    launched: (): number => tasks.size,
    close: (): void => {
      server.closeAllConnections();
      server.close();
    },
  };
}
