import { EcsError, serialization, serverException } from './errors';

/** ECS's JSON protocol. Source: AWS JSON 1.1, Smithy; `aws.protocols#awsJson1_1`. */
export const contentType = 'application/x-amz-json-1.1';
const targetPrefix = 'AmazonEC2ContainerServiceV20141113.';

/** A shape of the SDK as it goes over the wire: times are epoch seconds. */
export type Wire<T> = T extends Date
  ? number
  : T extends readonly (infer Item)[]
    ? Wire<Item>[]
    : T extends object
      ? { [Key in keyof T]: Wire<T[Key]> }
      : T;

/** The operation that an `X-Amz-Target` header names. Throws UnknownOperationException. */
export function parseTarget(target: string | string[] | undefined): string {
  if (typeof target !== 'string' || !target.startsWith(targetPrefix)) {
    throw new EcsError('UnknownOperationException', `The X-Amz-Target header must name an operation: ${targetPrefix}…`);
  }
  return target.slice(targetPrefix.length);
}

/** The request's members; null means absent. Throws SerializationException. */
export function parseBody(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = withoutNulls(JSON.parse(body === '' ? '{}' : body));
  } catch {
    throw serialization('The request is no JSON');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw serialization('The request is no JSON object');
  }
  return value as Record<string, unknown>;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (value === null || typeof value !== 'object') return value;
  const present = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(present.map(([name, member]) => [name, withoutNulls(member)]));
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** ECS's own unless said. */
  readonly type?: string;
}

/** The answer by a clock that is `skewMs` ahead: all times of ECS are numbers whose names end with `At`. */
export function answerOf(output: object, skewMs = 0): Answer {
  const shifted = (name: string, value: unknown) =>
    typeof value === 'number' && name.endsWith('At') ? value + epochSeconds(skewMs) : value;
  return { status: 200, body: JSON.stringify(output, shifted) };
}

/** An error of ECS as it is; anything else as ServerException, which the SDK retries. */
export function answerOfError(error: unknown): Answer {
  const known =
    error instanceof EcsError ? error : serverException(error instanceof Error ? error.message : String(error));
  const body = { __type: known.name, message: known.message, ...known.details };
  return { status: known.httpStatus, body: JSON.stringify(body) };
}

/** The same text for the same request, whatever the order of its members. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}

export const epochSeconds = (milliseconds: number): number => milliseconds / 1000;
