import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda';
import { lastLines } from '@etl/lib/logTail';
import { type LightConverter, LightConverterError, type LightEnd, ThrottledError } from '../activities/ports';
import { serviceError } from './serviceErrors';

/** Errors of a function that is not ready yet and was not invoked. @see AWS Lambda API Reference, Invoke, Errors */
const notReady: ReadonlySet<string> = new Set([
  'ResourceConflictException',
  'ResourceNotReadyException',
  'SnapStartNotReadyException',
]);
const permanent: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'InvalidParameterValueException',
  'InvalidRuntimeException',
  'InvalidSecurityGroupIDException',
  'InvalidSubnetIDException',
  'InvalidZipFileException',
  'KMSAccessDeniedException',
  'KMSDisabledException',
  'KMSInvalidStateException',
  'KMSNotFoundException',
  'RequestTooLargeException',
  'ResourceNotFoundException',
]);

const tailLines = 20;

/**
 * Creates the light lane in AWS: it invokes step-functions/lambdas/convert.ts and awaits the result. An invocation cannot be stopped,
 * so a cancellation waits for its end.
 */
export function createLambdaConverter(client: LambdaClient, functionName: string): LightConverter {
  return {
    async convert({ environment, timeoutSeconds }) {
      const startedAt = performance.now();
      const response = await client
        .send(
          new InvokeCommand({
            FunctionName: functionName,
            InvocationType: 'RequestResponse',
            LogType: 'Tail',
            Payload: Buffer.from(JSON.stringify({ environment, timeoutSeconds })),
          }),
        )
        .catch((error: unknown) => {
          throw lambdaError(functionName, error);
        });
      return endOf(response, (performance.now() - startedAt) / 1000);
    },
  };
}

function lambdaError(functionName: string, error: unknown): unknown {
  const what = `Lambda function ${functionName}`;
  const { name, message } = error as Error;
  if (notReady.has(name)) return new ThrottledError(`${what} is not ready: ${name}: ${message}`, { cause: error });
  return serviceError({ what, permanent, Permanent: LightConverterError }, error);
}

/** Maps an invocation's response, or the function's error, to the end of a light conversion. */
export function endOf({ FunctionError, Payload, LogResult = '' }: InvokeCommandOutput, seconds: number): LightEnd {
  const log = Buffer.from(LogResult, 'base64').toString('utf8').split('\n');
  const payload = parsed(Payload);
  const measured = { seconds, ...memoryIn(log), logTail: lastLines(log, tailLines) };
  if (FunctionError === undefined) {
    const { exitCode, reason, killedFor, memoryMiB, logTail } = payload as Partial<LightEnd>;
    return {
      ...measured,
      ...(exitCode !== undefined && { exitCode }),
      ...(reason !== undefined && { reason }),
      ...(killedFor !== undefined && { killedFor }),
      ...(memoryMiB !== undefined && { memoryMiB }),
      ...(logTail !== undefined && logTail.length > 0 && { logTail }),
    };
  }
  const { errorType = 'Unhandled', errorMessage = '' } = payload as { errorType?: string; errorMessage?: string };
  return { ...measured, killedFor: killedFor(errorType, errorMessage, log), reason: `${errorType}: ${errorMessage}` };
}

/**
 * Returns why Lambda killed the function: `Task timed out after 3.00 seconds`, or `Runtime.ExitError` with `signal:
 * killed` for memory.
 * @see AWS Lambda Developer Guide, "Troubleshoot invocation issues"
 */
function killedFor(type: string, message: string, log: readonly string[]): NonNullable<LightEnd['killedFor']> {
  if (type === 'Sandbox.Timedout' || /timed out after/i.test(message)) return 'timeout';
  if (/OutOfMemory/i.test(type) || /signal: killed|out of memory/i.test(message)) return 'memory';
  return log.some(isFullOfMemory) ? 'memory' : 'unknown';
}

/** Returns whether a report line shows that the function used all of its memory. */
function isFullOfMemory(line: string): boolean {
  const [, size, used] = /Memory Size: (\d+) MB\s+Max Memory Used: (\d+) MB/.exec(line) ?? [];
  return size !== undefined && Number(used) >= Number(size);
}

function memoryIn(log: readonly string[]): { memoryMiB?: number } {
  const size = log.map((line) => /Memory Size: (\d+) MB/.exec(line)?.[1]).find(Boolean);
  return size === undefined ? {} : { memoryMiB: Number(size) };
}

function parsed(payload: Uint8Array | undefined): object {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload ?? []).toString('utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
