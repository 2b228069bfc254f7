import { randomBytes } from 'node:crypto';

/** The account and region of every local ARN: constants, so that ARNs stay valid if AWS_REGION changes. */
export const accountId = '000000000000';
export const region = 'us-east-1';
const prefix = `arn:aws:ecs:${region}:${accountId}`;

export const clusterArn = (name: string) => `${prefix}:cluster/${name}`;
export const taskArn = (cluster: string, id: string) => `${prefix}:task/${cluster}/${id}`;
export const containerArn = (cluster: string, taskId: string, id: string) =>
  `${prefix}:container/${cluster}/${taskId}/${id}`;
export const definitionArn = (family: string, revision: number) => `${prefix}:task-definition/${family}:${revision}`;

/** Returns 32 hexadecimal digits, like ECS's task IDs. */
export const newTaskId = (): string => randomBytes(16).toString('hex');

/**
 * Returns the name from a cluster's name or ARN.
 * @default 'default'
 */
export function clusterName(nameOrArn: string | undefined): string {
  if (nameOrArn === undefined || nameOrArn === '') return 'default';
  return nameOrArn.replace(/^arn:[^/]*:cluster\//, '');
}

/**
 * Returns the ID from a task's ID or ARN. Returns undefined if the text is neither, or if the ARN names another
 * cluster.
 */
export function taskId(idOrArn: string, cluster: string): string | undefined {
  const match = /^(?:arn:[^/]*:task\/(?:([^/]+)\/)?)?([0-9a-f]{32})$/.exec(idOrArn);
  if (!match || (match[1] !== undefined && match[1] !== cluster)) return undefined;
  return match[2];
}

/** Parses `family`, `family:revision` or an ARN of either. Returns undefined for anything else. */
export function parseDefinitionName(name: string): { family: string; revision?: number } | undefined {
  const match = /^(?:arn:[^/]*:task-definition\/)?([A-Za-z0-9_-]{1,255})(?::(\d{1,9}))?$/.exec(name);
  if (match?.[1] === undefined) return undefined;
  return { family: match[1], ...(match[2] !== undefined && { revision: Number(match[2]) }) };
}
