import '../support/compiledSchema';
import { topics } from '@etl/pipeline/definition';
import type { SinkPorts } from '../../activities/sinks/applySink';
import { stageOfState } from '../../step-functions/definition/names';
import { withSubstitutions } from '../../step-functions/definition/settings';
import type { StateMachine } from '../../step-functions/definition/types';
import { type Execution, execute, type ResourceHandler, TaskError } from '../../step-functions/interpreter/interpreter';
import { applyAll } from '../../step-functions/lambdas/applySinks';
import type { SinksRequest } from '../../step-functions/lambdas/sinks/applyToSinks';
import { delivered } from '../support/fakeActivities';
import { type CallPlan, callEnd, nth, type Scenario } from './scenarios';
import { sinkPortsOf, withSinks } from './sinks';
import { type StageTrace, sentMessage, type Trace } from './trace';
import { inVirtualTime } from './virtualClock';
import { events, type LaunchEnd, launchEnds, type Validations } from './world';

const settings = withSubstitutions();
const never = () => new Promise<never>(() => undefined);

/** Runs the scenarios on a state machine, concurrently and in virtual time. Returns the traces by scenario name. */
export async function runOnStepFunctions(
  machine: StateMachine,
  scenarios: readonly Scenario[],
  validated: ReadonlyMap<Scenario['event'], Validations>,
): Promise<ReadonlyMap<string, Trace>> {
  const run = async (scenario: Scenario): Promise<[string, Trace]> => {
    const sent: Sent = { messages: [], deadLetters: [] };
    const execution = await execute(machine, {
      name: scenario.name,
      input: structuredClone(events[scenario.event]),
      handlers: handlers(scenario, withSinks(validated.get(scenario.event) as Validations, scenario), sent),
    });
    return [scenario.name, { stages: stagesOf(execution), end: endOf(execution), ...sent }];
  };
  return new Map(await inVirtualTime(() => Promise.all(scenarios.map(run))));
}

interface Sent {
  readonly messages: Trace['messages'][number][];
  readonly deadLetters: Trace['deadLetters'][number][];
}

/** Returns the services of the scenario; their errors have AWS's names. */
function handlers(scenario: Scenario, { lambda }: Validations, sent: Sent): Record<string, ResourceHandler> {
  const attempts = new Map<string, number>();
  let launches = 0;
  let sinks: Promise<SinkPorts> | undefined;
  const call = async (state: string, plan: CallPlan, error: string): Promise<void> => {
    const number = (attempts.get(state) ?? 0) + 1;
    attempts.set(state, number);
    const end = callEnd(plan, number);
    if (end === 'error') throw new TaskError(error, 'the service is away');
    if (end === 'conflict') throw new TaskError('SourceConflict', 'delivered from another file');
    if (end === 'credentials') throw new TaskError('CredentialsRefused', 'the AWS credentials have expired');
    if (end === 'misconfigured') throw new TaskError('BadConfiguration', 'no AWS credentials were found');
    if (end === 'timeout') await never();
  };
  return {
    'arn:aws:states:::lambda:invoke': async (parameters, state) => {
      const { FunctionName: name, Payload: payload } = parameters as {
        FunctionName: string;
        Payload: { event?: unknown } & SinksRequest;
      };
      if (name === settings.functions.validateInput) {
        await call(state, scenario.validate, 'Lambda.ServiceException');
        sameEvent(payload.event, scenario);
        return { StatusCode: 200, Payload: structuredClone(lambda) };
      }
      if (name === settings.functions.applySinks) {
        await call(state, scenario.applySinks, 'Lambda.ServiceException');
        sinks ??= sinkPortsOf(scenario, payload.plan);
        return { StatusCode: 200, Payload: await thrownByFunction(applyAll(payload, onePoll(), await portsOf(sinks))) };
      }
      if (name !== settings.functions.confirmCommit) throw new TaskError('Lambda.ResourceNotFoundException', name);
      await call(state, scenario.confirm, 'Lambda.SdkClientException');
      const answer = nth(scenario.answers, launches);
      if (answer === 'missing') throw new TaskError('CommitMissing', 'the commit log does not contain the batch');
      if (answer === 'superseded') throw new TaskError('Superseded', 'a later run published this batch');
      return { StatusCode: 200, Payload: structuredClone(delivered) };
    },
    'arn:aws:states:::ecs:runTask.sync': async () => {
      launches += 1;
      return task(launchEnds[nth(scenario.launches, launches)], `arn:task/${launches}`);
    },
    'arn:aws:states:::sns:publish': async (parameters, state) => {
      await call(state, scenario.notify, 'SNS.InternalErrorException');
      const { TopicArn, Message, MessageAttributes } = parameters as {
        TopicArn: string;
        Message: string;
        MessageAttributes: Attributes;
      };
      const topic = { [settings.successTopicArn]: topics.success, [settings.alertsTopicArn]: topics.alerts }[TopicArn];
      if (topic === undefined) throw new TaskError('SNS.NotFoundException', TopicArn);
      sent.messages.push(sentMessage(topic, Message, valuesOf(MessageAttributes)));
      return { MessageId: 'm1' };
    },
    'arn:aws:states:::sqs:sendMessage': async (parameters, state) => {
      await call(state, scenario.deadLetters, 'SQS.SdkClientException');
      const { QueueUrl, MessageBody, MessageAttributes } = parameters as {
        QueueUrl: string;
        MessageBody: unknown;
        MessageAttributes: Attributes;
      };
      if (QueueUrl !== settings.deadLetterQueueUrl) throw new TaskError('SQS.QueueDoesNotExistException', QueueUrl);
      sent.deadLetters.push({ failureType: valuesOf(MessageAttributes).failureType ?? 'none', event: MessageBody });
      return { MessageId: 'l1' };
    },
  };
}

/** An invocation takes no time: it polls each statement once. */
const onePoll = () => ({ poll: AbortSignal.abort(), end: new AbortController().signal });

const portsOf = async (sinks: Promise<SinkPorts>): Promise<() => SinkPorts> => {
  const ports = await sinks;
  return () => ports;
};

/** Maps the errors of a function like Lambda. */
async function thrownByFunction<T>(work: Promise<T>): Promise<T> {
  return work.catch(({ name, message }: Error) => {
    throw new TaskError(name, JSON.stringify({ errorType: name, errorMessage: message, trace: [] }));
  });
}

type Attributes = Readonly<Record<string, { readonly StringValue: string }>>;

const valuesOf = (attributes: Attributes): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).map(([name, { StringValue }]) => [name, StringValue]));

function sameEvent(event: unknown, scenario: Scenario): void {
  if (JSON.stringify(event) === JSON.stringify(events[scenario.event])) return;
  throw new TaskError('Error', `the function got another event: ${JSON.stringify(event)}`);
}

/** Errors of RunTask itself; running and pending launches have none and time out. */
const apiErrors: Partial<Record<LaunchEnd['kind'], readonly [name: string, cause: string]>> = {
  throttled: ['ECS.ThrottlingException', 'Rate exceeded'],
  unanswered: ['ECS.SdkClientException', 'Unable to execute HTTP request'],
  impossible: ['ECS.ClientException', 'TaskDefinition not found.'],
};

/**
 * The integration fails unless the exit code is 0, with the task as its cause; it fails as `AmazonECS.Unknown` for
 * failures in RunTask's response.
 *
 * @see AWS Step Functions Developer Guide, "Run Amazon ECS or Fargate tasks with Step Functions"
 */
async function task(end: LaunchEnd, arn: string): Promise<unknown> {
  if (end.kind === 'refused') throw new TaskError('AmazonECS.Unknown', end.reason);
  if (end.kind !== 'stopped') {
    const error = apiErrors[end.kind];
    if (!error) return never();
    throw new TaskError(...error);
  }
  const { stopCode, exitCode, stoppedReason, containerReason } = end;
  const answer = {
    TaskArn: arn,
    LastStatus: 'STOPPED',
    StopCode: stopCode,
    ...(stoppedReason !== undefined && { StoppedReason: stoppedReason }),
    Containers: [
      {
        Name: 'etl-worker',
        ...(exitCode !== undefined && { ExitCode: exitCode }),
        ...(containerReason !== undefined && { Reason: containerReason }),
      },
    ],
  };
  if (stopCode === 'EssentialContainerExited' && exitCode === 0) return answer;
  throw new TaskError('States.TaskFailed', JSON.stringify(answer));
}

function stagesOf({ states, attempts, failures }: Execution): StageTrace[] {
  return states.flatMap(({ name, enteredAt }) => {
    const stage = stageOfState(name);
    if (!stage) return [];
    const tried = attempts.filter(({ state }) => state === name);
    const failed = failures.filter(({ state }) => state === name);
    const seconds = (from: number | undefined, to: number | undefined) =>
      ((to ?? Number.NaN) - (from ?? Number.NaN)) / 1000;
    const ends = tried.map(({ startedAt }, index) => {
      const failure = failed[index];
      if (!failure) return 'ok';
      if (failure.error === 'States.Timeout') return `timeout ${seconds(startedAt, failure.at)} s`;
      const known: Readonly<Record<string, string>> = {
        CommitMissing: 'missing',
        Superseded: 'superseded',
        SourceConflict: 'conflict',
        BadConfiguration: 'misconfigured',
        CredentialsRefused: 'credentials',
        SinkFailed: 'behind',
      };
      return known[failure.error] ?? 'error';
    });
    // A state whose parameters cannot be evaluated fails without an attempt.
    const broken = failed.slice(tried.length).map(({ error }) => `broken: ${error}`);
    return [
      {
        stage,
        attempts: [...ends, ...broken],
        waits: tried.slice(1).map(({ startedAt }, index) => seconds(failed[index]?.at, startedAt)),
        before: tried[0] ? seconds(enteredAt, tried[0].startedAt) : 0,
      },
    ];
  });
}

function endOf({ status, error }: Execution): Trace['end'] {
  return status === 'SUCCEEDED' ? { status: 'succeeded' } : { status: 'failed', failureType: error ?? 'none' };
}
