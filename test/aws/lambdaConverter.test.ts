import { InvokeCommand, type InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import { CredentialsError, LightConverterError, ThrottledError } from '../../activities/ports';
import { createLambdaConverter, endOf } from '../../aws/lambdaConverter';

const payload = (value: unknown) => Buffer.from(JSON.stringify(value)) as unknown as InvokeCommandOutput['Payload'];
const answer = (changes: object): InvokeCommandOutput => ({ $metadata: {}, ...changes }) as InvokeCommandOutput;
const log = (...lines: string[]) => ({ LogResult: Buffer.from(lines.join('\n')).toString('base64') });
const report = (size: number, used: number) =>
  `REPORT RequestId: 1\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: ${size} MB\tMax Memory Used: ${used} MB\t`;

describe('responses of Lambda', () => {
  test('a finished conversion returns its exit code', () => {
    const end = { exitCode: 65, reason: 'bad', memoryMiB: 1769, seconds: 1, logTail: ['said'] };
    expect(endOf(answer({ Payload: payload(end) }), 2.5)).toEqual({ ...end, seconds: 2.5 });
  });

  test.each<[string, object, 'timeout' | 'memory' | 'unknown']>([
    [
      'its timeout expired',
      { Payload: payload({ errorMessage: '2026-02-08T01:00:00Z 1 Task timed out after 3.00 seconds' }) },
      'timeout',
    ],
    [
      'the sandbox timed out',
      { Payload: payload({ errorType: 'Sandbox.Timedout', errorMessage: 'RequestId: 1 Error: Task timed out' }) },
      'timeout',
    ],
    [
      'killed',
      {
        Payload: payload({
          errorType: 'Runtime.ExitError',
          errorMessage: 'RequestId: 1 Error: Runtime exited with error: signal: killed',
        }),
      },
      'memory',
    ],
    [
      'out of memory',
      { Payload: payload({ errorType: 'Runtime.OutOfMemory', errorMessage: 'RequestId: 1' }) },
      'memory',
    ],
    [
      'all memory used',
      {
        Payload: payload({ errorType: 'Runtime.ExitError', errorMessage: 'exit status 134' }),
        ...log('x', report(512, 512)),
      },
      'memory',
    ],
    [
      'it crashed',
      { Payload: payload({ errorType: 'Runtime.ExitError', errorMessage: 'exit status 1' }), ...log(report(512, 200)) },
      'unknown',
    ],
    ['it threw', { Payload: payload({ errorType: 'TypeError', errorMessage: 'x is undefined' }) }, 'unknown'],
    ['it returned invalid JSON', { Payload: Buffer.from('what?') }, 'unknown'],
  ])('%s', (_what, changes, killedFor) => {
    const end = endOf(answer({ FunctionError: 'Unhandled', ...changes }), 3);
    expect(end).toMatchObject({ killedFor, seconds: 3, reason: expect.any(String) });
    expect(end.exitCode).toBeUndefined();
  });

  test('the log provides the memory size and the last lines', () => {
    const end = endOf(answer({ FunctionError: 'Unhandled', ...log('one', 'two', report(512, 100)) }), 3);
    expect(end).toMatchObject({ memoryMiB: 512, logTail: ['one', 'two', expect.stringContaining('REPORT')] });
  });
});

describe('errors of Lambda', () => {
  const failing = (name: string, message = 'no') => {
    const client = new LambdaClient({ region: 'us-east-1' });
    client.send = (async (command: unknown) => {
      expect(command).toBeInstanceOf(InvokeCommand);
      throw Object.assign(new Error(message), { name });
    }) as typeof client.send;
    const signal = new AbortController().signal;
    return createLambdaConverter(client, 'etl-convert').convert({ environment: {}, timeoutSeconds: 60, signal });
  };

  test.each([
    'TooManyRequestsException',
    'EC2ThrottledException',
    'ENILimitReachedException',
    'SubnetIPAddressLimitReachedException',
    'ResourceConflictException',
    'ResourceNotReadyException',
    'SnapStartNotReadyException',
  ])('%s: the conversion has not started', (name) => expect(failing(name)).rejects.toThrow(ThrottledError));
  test.each(['Rate Exceeded.', 'ReservedFunctionConcurrentInvocationLimitExceeded: busy'])(
    '%s: the conversion has not started',
    (text) => expect(failing('InvalidParameterValueException', text)).rejects.toThrow(ThrottledError),
  );
  test.each(['ExpiredTokenException', 'UnrecognizedClientException', 'InvalidSignatureException'])(
    '%s: a credentials error',
    (name) => expect(failing(name)).rejects.toThrow(CredentialsError),
  );
  test.each(['ResourceNotFoundException', 'AccessDeniedException'])('%s: a configuration error', (name) =>
    expect(failing(name)).rejects.toThrow(LightConverterError),
  );
  test('any other error leaves open whether the conversion has started', async () => {
    const error = await failing('TimeoutError').catch((thrown: Error) => thrown);
    expect(error).not.toBeInstanceOf(ThrottledError);
    expect((error as Error).name).toBe('TimeoutError');
  });
});
