import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { orAborted } from '@etl/lib/orAborted';
import { resolveBatch } from '@etl/pipeline/batchIdentity';
import { topics } from '@etl/pipeline/definition';
import type { MessageLanguage } from '@etl/pipeline/messages/languages';
import { readPublished } from '../../client/runPipeline';
import { parseConfig } from '../../config/environment';
import { localEcsSettings } from '../../local/ecsSettings';
import { getFreePort } from '../../local/freePort';
import { places } from '../../local/places';
import { reported } from '../../local/reported';
import { type LocalEndpoint, startLocalEndpoint } from '../../local/system/endpoint';
import { whileRunning } from '../../local/system/whileRunning';
import { stateMachine } from '../definition/machine';
import { withSubstitutions } from '../definition/settings';
import { createHandlers } from '../interpreter/handlers';
import { execute, type ResourceHandler } from '../interpreter/interpreter';
import { handler as applySinks } from '../lambdas/applySinks';
import { handler as confirmCommit } from '../lambdas/confirmCommit';
import { handler as validateInput } from '../lambdas/validateInput';
import { callsBetween, ecsCalls } from './calls';
import { computeNotes, detailOf } from './event';
import { functionMemoryMiB } from './functionSize';
import { readDeadLetters, readMessages } from './letters';
import { functionsOf, serviceCalls } from './machine/calls';
import { stepsOf } from './machine/steps';
import type { CompareRequest } from './request';
import type { Side } from './side';
import { endedTasks } from './tasks';

const account = 'local:000000000000';

/** Returns the settings of the state machine. The names are used only inside this process. */
const settings = (messageLanguage: MessageLanguage) =>
  withSubstitutions({
    ...localEcsSettings,
    functions: { validateInput: 'validateInput', confirmCommit: 'confirmCommit', applySinks: 'applySinks' },
    spot: false,
    successTopicArn: `arn:aws:sns:${account}:${topics.success}`,
    alertsTopicArn: `arn:aws:sns:${account}:${topics.alerts}`,
    deadLetterQueueUrl: 'http://127.0.0.1/000000000000/etl-dead-letters',
    messageLanguage,
  });

const notes = [
  'transitions between states take almost no time in one process; Step Functions takes longer',
  `functions run warm in this process: their duration is measured here and priced with ${functionMemoryMiB} MiB`,
  'DescribeTasks is not counted: in AWS, an event reports the end of a task',
  'a failed task is TaskFailed and retried, whatever its exit code: Retry cannot read exit codes',
];
const scaledNote = 'waits between retries: when they are shortened, the interpreter uses the first wait for all';

/**
 * Runs the event with the interpreter and a separate local Fargate endpoint, which is stopped before this returns or
 * throws.
 */
export async function runOnInterpreter(request: CompareRequest): Promise<Side> {
  const { signal, log } = request;
  const stateDir = join(request.workDir, 'state');
  const ecsPort = await getFreePort();
  const starting = reported(log, 'Step Functions: starting a Fargate endpoint', () =>
    startLocalEndpoint({ stateDir, ecsPort, log }),
  );
  return whileRunning(starting, signal, (endpoint) =>
    reported(log, 'Step Functions: running in the interpreter', () =>
      orAborted(run(endpoint, request, stateDir), signal),
    ),
  );
}

async function run({ client, url }: LocalEndpoint, request: CompareRequest, stateDir: string): Promise<Side> {
  const { timeScale, messageLanguage, signal, log } = request;
  const { outbox, deadLetters } = places(stateDir);
  const detail = detailOf(request);
  // The function validates in this process, with this environment.
  const batch = resolveBatch(detail, detail.s3Key, parseConfig(process.env).rawBase);
  const before = await ecsCalls(url);
  const machine = stateMachine(settings(messageLanguage));
  const name = randomUUID();
  const execution = await execute(machine, {
    name,
    input: { detail },
    handlers: telling(
      createHandlers({ client, functions: { validateInput, confirmCommit, applySinks }, outbox, deadLetters }),
      log,
    ),
    ...(timeScale !== 1 && { timeScale }),
    signal,
  });
  const endedAt = Date.now();
  const calls = callsBetween(before, await ecsCalls(url));
  return {
    engine: 'Step Functions (interpreter)',
    status: execution.status,
    failureType: execution.error ?? null,
    reason: execution.cause ?? null,
    // The run starts with its first state; loading the interpreter does not count.
    startedAt: execution.states[0]?.enteredAt ?? endedAt,
    endedAt,
    steps: stepsOf(execution, endedAt),
    messages: await readMessages(outbox),
    deadLetters: await readDeadLetters(deadLetters),
    manifest: await readPublished(detail.destination, batch),
    apiCalls: { ...withoutLooks(calls), ...serviceCalls(machine, execution) },
    billed: { unit: 'state transitions', count: execution.transitions },
    functions: functionsOf(execution, functionMemoryMiB),
    tasks: await endedTasks(client, name),
    notes: [...notes, ...(timeScale === 1 ? [] : [scaledNote]), ...computeNotes(request)],
  };
}

/** Wraps handlers to log their failures: minutes of waiting without output would look like a hang. */
function telling(
  handlers: Readonly<Record<string, ResourceHandler>>,
  log: CompareRequest['log'],
): Record<string, ResourceHandler> {
  const logged = ([resource, handler]: [string, ResourceHandler]): [string, ResourceHandler] => [
    resource,
    async (...call) => {
      try {
        return await handler(...call);
      } catch (error) {
        log(
          `Step Functions: ${call[1]} failed (${(error as Error).name}); ETL_TIME_SCALE shortens the waits between retries`,
        );
        throw error;
      }
    },
  ];
  return Object.fromEntries(Object.entries(handlers).map(logged));
}

/** Removes the handler's DescribeTasks calls: Step Functions is notified by an event instead. */
function withoutLooks({ 'ecs:DescribeTasks': _, ...calls }: Record<string, number>): Record<string, number> {
  return calls;
}
