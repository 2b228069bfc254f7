import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { containerEnvironment, maxInlineOptions } from '@etl/pipeline/container';
import { transform } from '@etl/pipeline/definition';
import type { Plan } from '@etl/pipeline/plan';
import { launchTask } from '../../../activities/launchTask';
import { type Execution, TaskError } from '../../../step-functions/interpreter/interpreter';
import { handler } from '../../../step-functions/lambdas/validateInput';
import { manyColumns, TemporaryLake } from '../lambdas/support';
import { generated, run, sentBy } from './support';

let lake: TemporaryLake;
beforeEach(() => {
  lake = new TemporaryLake();
  lake.put('ventas/ventas_2026_02.csv', 'id,fecha\n1,2026-02-08\n');
});
afterEach(() => lake.remove());

type Environment = Record<string, string>;

/** Content that the activity has written, by URI. */
const written = new Map<string, string>();

/** Returns the environments of all attempts of the task. */
function environments(execution: Execution): Environment[] {
  return sentBy(execution, 'TransformData').map((parameters) => {
    const { Overrides } = parameters as {
      Overrides: { ContainerOverrides: { Environment: { Name: string; Value: string }[] }[] };
    };
    const variables = Overrides.ContainerOverrides[0]?.Environment ?? [];
    return Object.fromEntries(variables.map(({ Name, Value }) => [Name, Value]));
  });
}

/** Runs the machine with the real function, and returns the run and its plan. */
async function runFor(detail: object, failures = 0) {
  let plan: Plan | undefined;
  let toFail = failures;
  const event = { detail: { s3Key: 'ventas/ventas_2026_02.csv', batchDate: '2026-02-08', ...detail } };
  const execution = await run(
    generated(),
    {
      validate: async (payload) => {
        const answer = await handler(payload as never);
        plan = answer.valid ? answer.plan : undefined;
        return answer;
      },
      runTask: async () => {
        if (toFail-- > 0) throw new TaskError('States.TaskFailed', 'no');
        return {};
      },
    },
    event,
  );
  if (!plan) throw new Error('the event was found invalid');
  const [sent] = sentBy(execution, 'ConfirmCommit') as { Payload: { run: { startedAt: string } } }[];
  return { execution, plan, startedAt: sent?.Payload.run.startedAt ?? '' };
}

/** Returns the environment that the activity sends to ECS for the same plan and run. */
async function ofTheActivity(plan: Plan, startedAt: string, generation: number): Promise<Environment> {
  const requests: { environment: Environment }[] = [];
  const tasks = {
    list: async () => [],
    describe: async () => [],
    run: async (request: { environment: Environment }) => {
      requests.push(request);
      return { taskArn: 'arn:aws:ecs:eu-west-1:123456789012:task/etl/1' };
    },
  };
  const store = { write: async (uri: string, text: Buffer | string) => void written.set(uri, String(text)) };
  const launching = { tasks: tasks as never, store, namespace: 'default' };
  const input = { plan, run: { workflowId: 'w', runId: 'run-1', startedAt }, generation, spot: false };
  await launchTask(launching, input);
  return requests[0]?.environment ?? {};
}

/** WORKFLOW_ID routes ECS events to a Temporal workflow, which a state machine does not have. */
const withoutWorkflow = ({ WORKFLOW_ID: _, ...rest }: Environment): Environment => rest;

/** Replaces a URI of options with their content, since each engine stores them in a different place. */
function read({ OPTIONS = '', ...rest }: Environment = {}): Environment {
  return { ...rest, OPTIONS: OPTIONS.startsWith('file:') ? (written.get(OPTIONS) ?? textOf(OPTIONS)) : OPTIONS };
}
const textOf = (uri: string): string => readFileSync(fileURLToPath(uri), 'utf8');

test.each<[string, object]>([
  ['no options', {}],
  ['some options', { dialect: { delimiter: ',' }, columns: { id: 'text' }, chunkRows: 1000 }],
  ['quotes, braces and backslashes', { dialect: { quote: "'" }, columns: { 'it\\{}"s': 'text' } }],
  ['long options', { columns: manyColumns }],
])('both engines give the container the same environment: %s', async (_what, detail) => {
  const { execution, plan, startedAt } = await runFor(detail);
  expect(execution.status).toBe('SUCCEEDED');
  const [environment, ...more] = environments(execution);
  expect(more).toEqual([]);
  expect(read(environment)).toEqual(read(withoutWorkflow(await ofTheActivity(plan, startedAt, 1))));
});

test('a task outlives its state for any event: a task that ended earlier would be retried', async () => {
  const { execution } = await runFor({ compute: { timeoutSeconds: 60 } });
  expect(environments(execution)).toEqual([expect.objectContaining({ TIMEOUT_SECONDS: '3630' })]);
});

test('long options are passed by the URI of their content', async () => {
  const { execution, plan, startedAt } = await runFor({ columns: manyColumns });
  const optionsUri = `${lake.clean}/_etl/ventas/2026-02-08/ventas_2026_02/options/${plan.optionsHash}.json`;
  expect(JSON.stringify(plan.options).length).toBeGreaterThan(maxInlineOptions);
  const expected = containerEnvironment({
    ...{ inputUri: plan.source.uri, ...plan.batch, destination: plan.destination, runId: 'run-1', generation: 1 },
    ...{ runStartedAt: startedAt, chunkRows: plan.chunkRows, options: plan.options, optionsUri },
    timeoutSeconds: plan.timings.timeoutSeconds + transform.selfEndSlackSeconds,
    sourceFingerprint: plan.source.fingerprint,
    replaces: '',
    declaration: '',
  });
  expect(environments(execution)).toEqual([expected]);
});

test('each launch increments the generation and changes nothing else', async () => {
  const { execution, plan, startedAt } = await runFor({}, 2);
  const expected = [1, 2, 3].map((generation) => ofTheActivity(plan, startedAt, generation));
  expect(environments(execution)).toEqual((await Promise.all(expected)).map(withoutWorkflow));
});

test('except for WORKFLOW_ID, both engines set the same variables', async () => {
  const { execution, plan, startedAt } = await runFor({});
  const names = Object.keys(environments(execution)[0] ?? {});
  expect([...names, 'WORKFLOW_ID'].sort()).toEqual(Object.keys(await ofTheActivity(plan, startedAt, 1)).sort());
});
