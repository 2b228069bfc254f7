import { createCallCounts } from '@etl/fargate/http/callCounts';
import { agentEnvironment } from '@etl/fargate/run/handover';
import { resolveProgram } from '@etl/fargate/run/images';
import { createLambdaInvoke } from '../../step-functions/interpreter/lambdaInvoke';

const inherited = Object.getOwnPropertyNames(Object.prototype);

test.each(inherited)('an image named %s without a mapping cannot be pulled', (image) => {
  const container = { name: 'etl', image, essential: true } as Parameters<typeof resolveProgram>[1];
  expect(resolveProgram({}, container, undefined)).toMatchObject({ startFailure: expect.stringContaining(image) });
});

test.each(inherited)('a container named %s without secrets gets none', (name) => {
  const handover = { metadataRoot: '', secrets: { etl: { A: '1' } } };
  expect(agentEnvironment(handover, { name, description: {} })).toEqual({});
});

test.each(inherited)('a function named %s that is not registered is not found', async (FunctionName) => {
  const invoke = createLambdaInvoke({ known: async () => 1 });
  await expect(invoke({ FunctionName, Payload: {} }, 'State', new AbortController().signal)).rejects.toThrow(
    `Function not found: ${FunctionName}`,
  );
});

test('calls are counted for any operation name', async () => {
  const { counted, route } = createCallCounts();
  const handle = counted(async () => ({}));
  for (const operation of [...inherited, 'constructor', 'RunTask']) await handle(operation, {});
  const answer = await route({ method: 'GET', path: '/calls' } as Parameters<typeof route>[0]);
  const counts = new Map(Object.entries(JSON.parse(String(answer?.body))));
  expect([counts.get('constructor'), counts.get('__proto__'), counts.get('RunTask')]).toEqual([2, 1, 1]);
});
