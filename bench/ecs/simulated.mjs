// An ECS endpoint whose tasks are only records, in the wire protocol of the local Fargate. It counts calls, and records when
// a response first reports the end of each task.
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../scripts/lib/ensure-installed.mjs';

const require = createRequire(join(root, 'package.json'));
const { createEcsServer } = require('@etl/fargate/http/server');

const startSeconds = 2;

/**
 * Starts the endpoint. `calls` counts calls by operation; `lags` are the seconds from a task's end to the first response that
 * reports it. Tasks end when `end` is called or, with `taskSeconds` (a number, or a function that returns one), that long
 * after they have started to run, with the exit code that `work(environment)` returns. `onEnd(arn, containerOverrides)` is
 * called when such a task has ended.
 */
export async function startSimulatedEcs({ taskSeconds, work, onEnd } = {}) {
  const tasks = new Map();
  const byStarter = new Map();
  const calls = {};
  const lags = [];

  const describe = (task) => {
    const isStopped = task.stoppedAt !== undefined;
    if (isStopped && !task.isReported) {
      task.isReported = true;
      lags.push((Date.now() - task.stoppedAt) / 1000);
    }
    const isRunning = Date.now() > task.createdAt + startSeconds * 1000;
    return {
      taskArn: task.arn,
      lastStatus: isStopped ? 'STOPPED' : isRunning ? 'RUNNING' : 'PENDING',
      desiredStatus: isStopped ? 'STOPPED' : 'RUNNING',
      createdAt: task.createdAt / 1000,
      cpu: '2048',
      memory: '8192',
      tags: task.tags,
      containers: [{ name: 'etl-worker', ...(isStopped && { exitCode: task.exitCode }) }],
      ...(isStopped && { stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' }),
    };
  };

  const operations = {
    RunTask({ startedBy, tags, overrides }) {
      const arn = `arn:aws:ecs:us-east-1:000000000000:task/etl-local/${randomBytes(16).toString('hex')}`;
      const task = { arn, startedBy, tags, createdAt: Date.now() };
      tasks.set(arn, task);
      byStarter.set(startedBy, [...(byStarter.get(startedBy) ?? []), task]);
      if (taskSeconds !== undefined) {
        const seconds = typeof taskSeconds === 'function' ? taskSeconds() : taskSeconds;
        setTimeout(() => finish(task, overrides), (startSeconds + seconds) * 1000);
      }
      return { tasks: [describe(task)], failures: [] };
    },
    DescribeTasks({ tasks: arns }) {
      return { tasks: arns.flatMap((arn) => (tasks.has(arn) ? [describe(tasks.get(arn))] : [])), failures: [] };
    },
    ListTasks({ startedBy, desiredStatus }) {
      const wanted = (byStarter.get(startedBy) ?? []).filter(
        (task) => (task.stoppedAt !== undefined) === (desiredStatus === 'STOPPED'),
      );
      return { taskArns: wanted.map(({ arn }) => arn) };
    },
    StopTask({ task: arn }) {
      end(tasks.get(arn));
      return {};
    },
  };
  const end = (task, exitCode = 65) => {
    if (!task || task.stoppedAt !== undefined) return;
    Object.assign(task, { stoppedAt: Date.now(), exitCode });
  };
  const finish = async (task, overrides) => {
    const pairs = overrides.containerOverrides[0].environment.map(({ name, value }) => [name, value]);
    end(task, await work(Object.fromEntries(pairs)));
    onEnd?.(task.arn, overrides.containerOverrides);
  };

  const server = createEcsServer(async (operation, input) => {
    calls[operation] = (calls[operation] ?? 0) + 1;
    return operations[operation](input);
  }, []);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    calls,
    lags,
    all: () => [...tasks.values()],
    running: () => [...tasks.values()].filter((task) => task.stoppedAt === undefined),
    end,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
