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

/** Something that speaks the protocol of ECS. */
export interface World {
  readonly name: WorldName;
  readonly client: ECSClient;
  readonly cluster: string;
  /** An image whose entry point runs the command it is given, Node among others. */
  readonly anyImage: string;
  readonly etlImage: string;
  readonly lake: Lake;
  stop(): Promise<void>;
}

/** Where a world's tasks read and write. */
export interface Lake {
  /** What tasks need to get there. */
  readonly environment: Readonly<Record<string, string>>;
  /** Puts a source; returns its URI. */
  put(name: string, content: string): Promise<string>;
  readonly destination: string;
  /** The rows of a published batch, by a reader that is not ours. */
  rows(batch: string): Promise<Row[]>;
}

export interface Container {
  /** A program for `sh`: it is listening to signals within milliseconds. */
  readonly script?: string;
  readonly more?: Partial<ContainerDefinition>;
}

export const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'] } };
const patienceMs = 40_000;

/** A container that never starts: what is refused or looked at beforehand needs no more. */
export const unstartable: Container = { more: { image: 'localhost:1/none:1' } };

/** Scripts of containers. Each ends by itself, whatever becomes of the test. */
export const scripts = {
  exit: (code: number) => `exit ${code}`,
  exitLater: (code: number) => `sleep 1; exit ${code}`,
  untilTerminated: 'trap "exit 143" TERM; sleep 60 & wait; exit 99',
  endsSlowly: 'trap "sleep 1; exit 0" TERM; sleep 60 & wait; exit 99',
  stubborn: 'trap "" TERM; sleep 60; exit 99',
};

/** A way to try something in a world: task definitions and tasks with names of its own. */
export class Trial {
  readonly family = `trial-${randomBytes(6).toString('hex')}`;
  constructor(readonly world: World) {}

  get client(): ECSClient {
    return this.world.client;
  }
  get cluster(): string {
    return this.world.cluster;
  }

  /** A definition whose first container is the ETL's. */
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

  /** A request for this trial's definition. */
  request(change: Partial<RunTaskCommandInput> = {}): RunTaskCommandInput {
    const { cluster, family } = this;
    return { cluster, taskDefinition: family, launchType: 'FARGATE', networkConfiguration, ...change };
  }

  /** Registers and runs; returns the first task's ARN. */
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

  /** Polls until the task has this status; `seen` gathers each status once. */
  async until(arn: string, status: string, seen: string[] = []): Promise<Task> {
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(100)) {
      const task = await this.task(arn);
      if (task.lastStatus !== undefined && seen.at(-1) !== task.lastStatus) seen.push(task.lastStatus);
      if (task.lastStatus === status) return task;
      if (task.lastStatus === 'STOPPED') throw new Error(`it is STOPPED: ${task.stopCode}: ${task.stoppedReason}`);
    }
    throw new Error(`${arn} is not ${status} within ${patienceMs} ms`);
  }

  /** Its program has had time to say which signals it heeds; nothing that all worlds have would tell. */
  async listening(arn: string): Promise<void> {
    await this.until(arn, 'RUNNING');
    await sleep(1000);
  }

  /** What is said of a task's end. */
  async ended(arn: string): Promise<Task> {
    return this.until(arn, 'STOPPED');
  }
}

/** The exit code of a container by its place in the definition, as the field is on the wire: absent or a number. */
export const exitCodeOf = (task: Task, place = 0): number | undefined => {
  const name = place === 0 ? etlContainerName : `sidecar-${place}`;
  return task.containers?.find((container) => container.name === name)?.exitCode;
};

export const environment = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

/** Overrides of the ETL's container. */
export const override = (change: object) => ({ containerOverrides: [{ name: etlContainerName, ...change }] });
