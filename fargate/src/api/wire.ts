import { EcsError, serialization, serverException } from './errors';

/** Content type of ECS's JSON protocol, AWS JSON 1.1. @see Smithy, `aws.protocols#awsJson1_1` */
export const contentType = 'application/x-amz-json-1.1';
const targetPrefix = 'AmazonEC2ContainerServiceV20141113.';

/** The wire format of an SDK shape: times are epoch seconds. */
export type Wire<T> = T extends Date
  ? number
  : T extends readonly (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [Key in keyof T]: Wire<T[Key]> }
      : T;

/**
 * Returns the operation that an `X-Amz-Target` header names.
 * @throws EcsError UnknownOperationException
 */
export function parseTarget(target: string | string[] | undefined): string {
  if (typeof target !== 'string' || !target.startsWith(targetPrefix)) {
    throw new EcsError('UnknownOperationException', `The X-Amz-Target header must name an operation: ${targetPrefix}…`);
  }
  return target.slice(targetPrefix.length);
}

/**
 * Returns the request's members. null means absent.
 * @throws EcsError SerializationException
 */
export function parseBody(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = withoutNulls(JSON.parse(body === '' ? '{}' : body));
  } catch {
    throw serialization('The request body is not valid JSON');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw serialization('The request body is not a JSON object');
  }
  return value as Record<string, unknown>;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (value === null || typeof value !== 'object') return value;
  const present = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(present.map(([name, member]) => [name, withoutNulls(member)]));
}

export interface PlainResponse {
  readonly status: number;
  readonly body: string;
  /** @default ECS's own content type */
  readonly type?: string;
}

/**
 * Builds the response of a server whose clock is `skewMs` ahead: all times of ECS are numbers whose names end with
 * `At`.
 */
export function successResponse(output: object, skewMs = 0): PlainResponse {
  const shifted = (name: string, value: unknown) =>
    typeof value === 'number' && name.endsWith('At') ? value + epochSeconds(skewMs) : value;
  return { status: 200, body: JSON.stringify(output, shifted) };
}

/** Builds an error response: an ECS error unchanged, anything else as ServerException, which the SDK retries. */
export function errorResponse(error: unknown): PlainResponse {
  const known =
    error instanceof EcsError ? error : serverException(error instanceof Error ? error.message : String(error));
  const body = { __type: known.name, message: known.message, ...known.details };
  return { status: known.httpStatus, body: JSON.stringify(body) };
}

export const epochSeconds = (milliseconds: number): number => milliseconds / 1000;
