import * as z from 'zod';
import { serialization } from './errors';

/** The request members that are read. Like ECS, ignores unknown members and rejects wrong types. */
const text = z.string().optional();
const number = z.number().optional();
const tags = z.array(z.object({ key: text, value: text })).optional();
const keyValues = z.array(z.object({ name: text, value: text })).optional();
const ephemeralStorage = z.object({ sizeInGiB: z.number() }).optional();

const containerOverride = z.looseObject({
  name: text,
  command: z.array(z.string()).optional(),
  environment: keyValues,
  cpu: number,
  memory: number,
  memoryReservation: number,
});

export const runTaskInput = z.object({
  cluster: text,
  taskDefinition: text,
  count: number,
  clientToken: text,
  startedBy: text,
  group: text,
  launchType: text,
  capacityProviderStrategy: z
    .array(z.object({ capacityProvider: z.string(), weight: number, base: number }))
    .optional(),
  networkConfiguration: z
    .object({
      awsvpcConfiguration: z
        .object({
          subnets: z.array(z.string()).optional(),
          securityGroups: z.array(z.string()).optional(),
          assignPublicIp: text,
        })
        .optional(),
    })
    .optional(),
  overrides: z
    .looseObject({
      containerOverrides: z.array(containerOverride).optional(),
      cpu: text,
      memory: text,
      ephemeralStorage,
    })
    .optional(),
  platformVersion: text,
  propagateTags: text,
  enableECSManagedTags: z.boolean().optional(),
  tags,
});
export type RunTaskInput = z.infer<typeof runTaskInput>;

const containerDefinition = z.looseObject({
  name: z.string(),
  image: z.string(),
  essential: z.boolean().optional(),
  cpu: number,
  memory: number,
  memoryReservation: number,
  command: z.array(z.string()).optional(),
  environment: keyValues,
  secrets: z.array(z.object({ name: z.string(), valueFrom: z.string() })).optional(),
  stopTimeout: number,
});
export type ContainerDefinition = z.infer<typeof containerDefinition>;

export const registerInput = z.looseObject({
  family: text,
  containerDefinitions: z.array(containerDefinition).optional(),
  requiresCompatibilities: z.array(z.string()).optional(),
  networkMode: text,
  cpu: text,
  memory: text,
  ephemeralStorage,
  tags,
});
export type RegisterInput = z.infer<typeof registerInput>;

export const describeTasksInput = z.object({
  cluster: text,
  tasks: z.array(z.string()).optional(),
  include: z.array(z.string()).optional(),
});

export const stopTaskInput = z.object({ cluster: text, task: text, reason: text });

export const listTasksInput = z.object({
  cluster: text,
  containerInstance: text,
  daemonName: text,
  desiredStatus: text,
  family: text,
  launchType: text,
  maxResults: number,
  nextToken: text,
  serviceName: text,
  startedBy: text,
});
export type ListTasksInput = z.infer<typeof listTasksInput>;

export const definitionInput = z.object({ taskDefinition: text, include: z.array(z.string()).optional() });

export const listDefinitionsInput = z.object({
  familyPrefix: text,
  maxResults: number,
  nextToken: text,
  sort: text,
  status: text,
});

export const clustersInput = z.object({ clusters: z.array(z.string()).optional() });
export const createClusterInput = z.object({ clusterName: text });

/**
 * Parses the input with a schema.
 * @throws EcsError SerializationException that names the member
 */
export function read<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw serialization(`${issue?.path.join('.') || 'request'}: ${issue?.message ?? 'has the wrong type'}`);
}
