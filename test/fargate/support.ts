import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeTasksCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  type RunTaskCommandInput,
  type Task,
} from '@aws-sdk/client-ecs';
import { type EcsEndpoint, type EcsEndpointOptions, startEcsEndpoint, taskLogPath } from '@etl/fargate/endpoint';
import { faultHooks } from '@etl/fargate/faults/hooks';
import type { Images } from '@etl/fargate/run/images';
import { identify } from '@etl/lib/processIdentity';

export const cluster = 'etl-test';
export const family = 'worker';
export const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'] } };

const script = (source: string) => [process.execPath, '-e', source];
/** Starts in a tenth of the time of Node.js. */
const shell = (source: string) => ['/bin/sh', '-c', source];

/** Small programs in place of images. */
export const images: Images = {
  'sleep:1': shell('exec sleep 1000000'),
  'exit:1': shell('exit $CODE'),
  'print:1': script(
    'console.log(JSON.stringify({ env: process.env, cwd: process.cwd(), argv: process.argv.slice(1) }))',
  ),
  'graceful:1': script(
    'process.on("SIGTERM", () => process.exit(143)); setInterval(() => undefined, 1000); console.log("ready")',
  ),
  'stubborn:1': script(
    'process.on("SIGTERM", () => undefined); setInterval(() => undefined, 1000); console.log("ready")',
  ),
  // A shell handles or ignores the signal from its first moment.
  'deaf:1': ['sh', '-c', 'trap "" TERM; while :; do sleep 0.05; done'],
  'lasting-print:1': script('console.log(JSON.stringify({ env: process.env })); setInterval(() => undefined, 1000)'),
  // Allocates the number of MiB in its argument and holds them.
  'hold:1': script(
    'const held = Buffer.alloc(Number(process.argv[1]) * 2 ** 20, 1); setInterval(() => held.length, 1000); console.log("holding")',
  ),
  'hold-in-child:1': script(
    'const c = require("node:child_process").spawn(process.execPath, ["-e", "const held = Buffer.alloc(Number(process.argv[1]) * 2 ** 20, 1); setInterval(() => held.length, 1000)", process.argv[1]], { detached: true, stdio: "ignore" }); console.log(JSON.stringify({ child: c.pid })); setInterval(() => undefined, 1000)',
  ),
  'parent:1': script(
    'const c = require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"], { detached: true, stdio: "ignore" }); console.log(JSON.stringify({ child: c.pid, self: process.pid })); setInterval(() => undefined, 1000)',
  ),
  // Uses the number of milliseconds of CPU time in its argument.
  'busy:1': script(
    'const from = Date.now(); const used = () => process.cpuUsage().user / 1000; const first = used(); while (used() - first < Number(process.argv[1])); console.log(JSON.stringify({ cpuMs: used() - first, wallMs: Date.now() - from }))',
  ),
  // Runs for long enough to be seen running.
  'append:1': shell('echo $$ >> "$MARK"; sleep 1'),
  'no-such-program:1': ['/no/such/program'],
};

export const definition = (image: string, container: object = {}): RegisterTaskDefinitionCommandInput => ({
  family,
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  containerDefinitions: [{ name: 'main', image, essential: true, ...container }],
});

const pollMs = 50;

export interface Rig {
  readonly endpoint: EcsEndpoint;
  readonly client: ECSClient;
  readonly stateDir: string;
  run(image: string, request?: Partial<RunTaskCommandInput>, container?: object): Promise<string>;
  task(arn: string): Promise<Task>;
  until(arn: string, isReached: (task: Task) => boolean): Promise<Task>;
  stopped(arn: string): Promise<Task>;
  running(arn: string): Promise<Task>;
  log(arn: string): Promise<string>;
  logged(arn: string, text: string): Promise<string>;
}

export const timings = { provisioningMs: 10, pendingMs: 10, deprovisioningMs: 10 };

export function clientOf(url: string, maxAttempts = 1): ECSClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new ECSClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts });
}

export async function newStateDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'ecs-test-'));
}

/** Rate limits are off by default: tests register definitions faster than ECS permits. */
export const defaults = { port: 0, images, clusters: [cluster], timings, rateLimits: false } as const;

/** Starts an endpoint on a free port with a separate state folder and the real client. */
export async function startRig(options: Partial<EcsEndpointOptions> = {}): Promise<Rig> {
  const stateDir = options.stateDir ?? (await newStateDir());
  const endpoint = await startEcsEndpoint({ ...defaults, hooks: faultHooks(), ...options, stateDir });
  return rigOf(endpoint, stateDir);
}

export function rigOf(endpoint: EcsEndpoint, stateDir: string): Rig {
  const client = clientOf(endpoint.url);
  const task = async (arn: string): Promise<Task> => {
    const { tasks } = await client.send(new DescribeTasksCommand({ cluster, tasks: [arn], include: ['TAGS'] }));
    const found = tasks?.[0];
    if (!found) throw new Error(`${arn} is missing`);
    return found;
  };
  const until = async (arn: string, isReached: (found: Task) => boolean): Promise<Task> => {
    for (let waited = 0; waited < 10_000; waited += pollMs) {
      const found = await task(arn);
      if (isReached(found)) return found;
      await delay(pollMs);
    }
    throw new Error(`${arn} stays ${JSON.stringify(await task(arn))}`);
  };
  const log = (arn: string) => readFile(taskLogPath(stateDir, arn), 'utf8').catch(() => '');
  return {
    endpoint,
    client,
    stateDir,
    task,
    until,
    stopped: (arn) => until(arn, ({ lastStatus }) => lastStatus === 'STOPPED'),
    running: (arn) => until(arn, ({ startedAt }) => startedAt !== undefined),
    log,
    async logged(arn, text) {
      for (let waited = 0; waited < 10_000; waited += pollMs) {
        const content = await log(arn);
        if (content.includes(text)) return content;
        await delay(pollMs);
      }
      throw new Error(`${arn} has not logged ${text}`);
    },
    async run(image, request = {}, container = {}) {
      const registered = await client.send(new RegisterTaskDefinitionCommand(definition(image, container)));
      const taskDefinition = registered.taskDefinition?.taskDefinitionArn;
      const answer = await client.send(
        new RunTaskCommand({ cluster, taskDefinition, launchType: 'FARGATE', networkConfiguration, ...request }),
      );
      const arn = answer.tasks?.[0]?.taskArn;
      if (arn === undefined) throw new Error(`no task: ${JSON.stringify(answer.failures)}`);
      return arn;
    },
  };
}

/** Stops the tasks and the endpoint, and removes their state. */
export async function stopRig(rig: Rig): Promise<void> {
  await rig.endpoint.stopAllTasks('the test is over');
  rig.client.destroy();
  await rig.endpoint.close();
  await rm(rig.stateDir, { recursive: true, force: true });
}

/** Also false for a zombie that its parent has not reaped yet. */
export const isRunning = (pid: number) => identify(pid) !== undefined;

/** Returns the supervisor's record of the first program of a task. */
export async function programOf(rig: Rig, arn: string): Promise<{ pid: number; started: string }> {
  const text = await readFile(join(rig.stateDir, 'tasks', idOf(arn), 'programs.json'), 'utf8');
  return (JSON.parse(text) as { programs: [{ pid: number; started: string }] }).programs[0];
}

export const exitCodeOf = (task: Task) => task.containers?.[0]?.exitCode;
export const idOf = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1);
