import { own } from '@etl/lib/own';
import { type ResourceHandler, TaskError } from './interpreter';

/** Handler of a Lambda function. */
export type LambdaFunction = (payload: never) => Promise<unknown>;

/**
 * Creates a handler for `lambda:invoke` that calls functions of this process by name. Payloads pass through JSON, like
 * on the wire. An error keeps its name and gets the cause that Lambda reports.
 * @see AWS Lambda Developer Guide, "Error handling"
 */
export function createLambdaInvoke(functions: Readonly<Record<string, LambdaFunction>>): ResourceHandler {
  return async (parameters) => {
    const { FunctionName, Payload } = parameters as { FunctionName: string; Payload: unknown };
    const called = own(functions, FunctionName);
    if (!called) throw new TaskError('Lambda.ResourceNotFoundException', `Function not found: ${FunctionName}`);
    try {
      const result = await called(overTheWire(Payload) as never);
      return { ExecutedVersion: '$LATEST', Payload: overTheWire(result), StatusCode: 200 };
    } catch (error) {
      const { name, message } = error as Error;
      throw new TaskError(name, JSON.stringify({ errorType: name, errorMessage: message, trace: [] }));
    }
  };
}

const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
