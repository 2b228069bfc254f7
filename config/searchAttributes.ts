import {
  type AttributeName,
  type AttributeType,
  type AttributeValues,
  attributeNames,
  attributePairs,
  searchAttributes,
} from '@etl/pipeline/searchAttributes';
import type { Client, Connection, WorkflowOptions } from '@temporalio/client';
import { temporalClient } from './temporalClient';

/** @see temporal.api.enums.v1.IndexedValueType */
const indexedTypes: Readonly<Record<AttributeType, number>> = { KEYWORD: 2, INT: 3, DOUBLE: 4 };

/** Type of an attribute as the `temporal` CLI and the Web UI write it: `Keyword`. */
export const typeName = (name: AttributeName): string => {
  const { type } = searchAttributes[name];
  return `${type[0]}${type.slice(1).toLowerCase()}`;
};

type Operator = Pick<Connection, 'operatorService'>;

/** Which of our search attributes a namespace has. */
export interface FoundAttributes {
  readonly registered: readonly AttributeName[];
  readonly missing: readonly AttributeName[];
  /** Attributes with our name that another program has registered with another type. They are not used. */
  readonly otherType: readonly AttributeName[];
}

/** Looks up our search attributes. Throws the error of the call, which a server may not implement or permit. */
export async function findAttributes({ operatorService }: Operator, namespace: string): Promise<FoundAttributes> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const found = new Map(Object.entries(customAttributes ?? {}));
  const isOurs = (name: AttributeName): boolean => found.get(name) === indexedTypes[searchAttributes[name].type];
  return {
    registered: attributeNames.filter(isOurs),
    missing: attributeNames.filter((name) => !found.has(name)),
    otherType: attributeNames.filter((name) => found.has(name) && !isOurs(name)),
  };
}

/**
 * Registers the missing search attributes. One at a time, because a server that lacks room for one rejects the whole
 * call.
 * @returns what the namespace has afterwards
 */
export async function registerAttributes(connection: Operator, namespace: string): Promise<FoundAttributes> {
  const { missing } = await findAttributes(connection, namespace);
  for (const name of missing) {
    const searchAttribute = { [name]: indexedTypes[searchAttributes[name].type] };
    await connection.operatorService
      .addSearchAttributes({ namespace, searchAttributes: searchAttribute })
      // Still missing afterwards, for lack of room or of a permission.
      .catch(() => undefined);
  }
  return findAttributes(connection, namespace);
}

/** Time in milliseconds for which a look-up is used again. */
const reuseMs = 10_000;
/** Deadline of a look-up in milliseconds: a start must not wait for it. */
const timeoutMs = 2000;

/** Returns the registered search attributes; none if the server does not list them. Never throws. */
export type AttributeReader = () => Promise<readonly AttributeName[]>;

/** Creates a reader that looks the attributes up at most every ten seconds. */
export function createAttributeReader(client: Client): AttributeReader {
  let latest: { readonly at: number; readonly found: Promise<readonly AttributeName[]> } | undefined;
  const lookUp = async (): Promise<readonly AttributeName[]> => {
    try {
      const find = () => findAttributes(client.connection, client.options.namespace);
      return (await client.withDeadline(Date.now() + timeoutMs, find)).registered;
    } catch {
      return [];
    }
  };
  return () => {
    const now = performance.now();
    if (!latest || now - latest.at > reuseMs) latest = { at: now, found: lookUp() };
    return latest.found;
  };
}

const readers = new WeakMap<Client, AttributeReader>();

/** gRPC status of a start with an attribute that the server does not have, among other invalid arguments. */
const invalidArgument = 3;

/**
 * Starts a workflow with those search attributes that are registered. If the server rejects the start, which it does
 * for an attribute that was removed after the look-up, starts it without them.
 */
export async function startWithAttributes<T>(
  client: Client,
  values: AttributeValues,
  start: (options: Pick<WorkflowOptions, 'typedSearchAttributes'>) => Promise<T>,
): Promise<T> {
  const reader = readers.get(client) ?? createAttributeReader(client);
  readers.set(client, reader);
  const pairs = attributePairs(values, await reader());
  if (pairs.length === 0) return start({});
  try {
    return await start({ typedSearchAttributes: pairs });
  } catch (error) {
    const { isGrpcServiceError, ServiceError } = temporalClient();
    const cause = error instanceof ServiceError ? error.cause : error;
    if (!isGrpcServiceError(cause) || cause.code !== invalidArgument) throw error;
    return start({});
  }
}
