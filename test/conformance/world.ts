import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ContainerDefinition,
  DescribeTasksCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { etlContainerName } from '@etl/ecs/container';
import type { Row } from '../support/parquet';

export type WorldName = 'local' | 'ministack';

/** An implementation of the ECS API. */
export interface World {
  readonly name: WorldName;
  readonly client: ECSClient;
  readonly cluster: string;
  /** An image whose entry point runs the given command, and which contains Node. */
  readonly anyImage: string;
  readonly etlImage: string;
  readonly lake: Lake;
  stop(): Promise<void>;
}

/** Where the tasks of a world read and write. */
export interface Lake {
  /** Environment variables that tasks need for access. */
  readonly environment: Readonly<Record<string, string>>;
  /** Writes a source and returns its URI. */
  put(name: string, content: string): Promise<string>;
  readonly destination: string;
  /** Reads the rows of a published batch with an independent reader. */
  rows(batch: string): Promise<Row[]>;
}

export interface Container {
  /** A program for `sh`, which handles signals within milliseconds. */
  readonly script?: string;
  readonly more?: Partial<ContainerDefinition>;
}

export const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'] } };
const patienceMs = 40_000;

/** A container that never starts, for requests that are rejected or inspected before a start. */
export const unstartable: Container = { more: { image: 'localhost:1/none:1' } };

/** Scripts of containers. Each ends by itself, even if the test is interrupted. */
export const scripts = {
  exit: (code: number) => `exit ${code}`,
  exitLater: (code: number) => `sleep 1; exit ${code}`,
  untilTerminated: 'trap "exit 143" TERM; sleep 60 & wait; exit 99',
  endsSlowly: 'trap "sleep 1; exit 0" TERM; sleep 60 & wait; exit 99',
  stubborn: 'trap "" TERM; sleep 60; exit 99',
};

/** A trial in a world, with its own task definitions and tasks. */
export class Trial {
  readonly family = `trial-${randomBytes(6).toString('hex')}`;
  constructor(readonly world: World) {}

  get client(): ECSClient {
    return this.world.client;
  }
  get cluster(): string {
    return this.world.cluster;
  }

  /** Returns a definition whose first container is the ETL's. */
  definition(...containers: Container[]): RegisterTaskDefinitionCommandInput {
    return {
      family: this.family,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      containerDefinitions: containers.map(({ script, more }, n) => ({
        name: n === 0 ? etlContainerName : `sidecar-${n}`,
        image: this.world.anyImage,
        essential: true,
        ...(script !== undefined && { command: ['sh', '-c', script] }),
        ...more,
      })),
    };
  }

  async register(input: RegisterTaskDefinitionCommandInput): Promise<string> {
    const { taskDefinition } = await this.client.send(new RegisterTaskDefinitionCommand(input));
    return taskDefinition?.taskDefinitionArn ?? '';
  }

  /** Returns a request for this trial's definition. */
  request(change: Partial<RunTaskCommandInput> = {}): RunTaskCommandInput {
    const { cluster, family } = this;
    return { cluster, taskDefinition: family, launchType: 'FARGATE', networkConfiguration, ...change };
  }

  /** Registers the definition and runs it; returns the first task's ARN. */
  async run(containers: Container | Container[], change: Partial<RunTaskCommandInput> = {}): Promise<string> {
    await this.register(this.definition(...[containers].flat()));
    return this.start(change);
  }

  async start(change: Partial<RunTaskCommandInput> = {}): Promise<string> {
    const answer = await this.client.send(new RunTaskCommand(this.request(change)));
    const arn = answer.tasks?.[0]?.taskArn;
    if (arn === undefined) throw new Error(`no task: ${JSON.stringify(answer.failures)}`);
    return arn;
  }

  async task(arn: string, include: ['TAGS'] | [] = []): Promise<Task> {
    const { cluster } = this;
    const { tasks = [], failures } = await this.client.send(
      new DescribeTasksCommand({ cluster, tasks: [arn], include }),
    );
    if (tasks[0] === undefined) throw new Error(`${arn}: ${JSON.stringify(failures)}`);
    return tasks[0];
  }

  async stop(task: string, reason = 'no longer wanted'): Promise<Task | undefined> {
    return (await this.client.send(new StopTaskCommand({ cluster: this.cluster, task, reason }))).task;
  }

  /** Polls until the task has this status; `seen` collects each status once. */
  async until(arn: string, status: string, seen: string[] = []): Promise<Task> {
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(100)) {
      const task = await this.task(arn);
      if (task.lastStatus !== undefined && seen.at(-1) !== task.lastStatus) seen.push(task.lastStatus);
      if (task.lastStatus === status) return task;
      if (task.lastStatus === 'STOPPED') throw new Error(`it is STOPPED: ${task.stopCode}: ${task.stoppedReason}`);
    }
    throw new Error(`${arn} is not ${status} within ${patienceMs} ms`);
  }

  /**
   * Waits until the program has installed its signal handlers; no signal common to all worlds shows that, hence the
   * delay.
   */
  async listening(arn: string): Promise<void> {
    await this.until(arn, 'RUNNING');
    await sleep(1000);
  }

  /** Waits until the task is STOPPED. */
  async ended(arn: string): Promise<Task> {
    return this.until(arn, 'STOPPED');
  }
}

/** Returns the exit code of a container by its place in the definition, as in the response: absent or a number. */
export const exitCodeOf = (task: Task, place = 0): number | undefined => {
  const name = place === 0 ? etlContainerName : `sidecar-${place}`;
  return task.containers?.find((container) => container.name === name)?.exitCode;
};

export const environment = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

/** Returns overrides of the ETL's container. */
export const override = (change: object) => ({ containerOverrides: [{ name: etlContainerName, ...change }] });
