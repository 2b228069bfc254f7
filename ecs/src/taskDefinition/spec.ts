import { recordOf } from '@etl/lib/recordOf';
import * as z from 'zod';
import { etlContainerName } from '../container';
import { ephemeralStorageGiB, sizeProblem } from '../sizes';
import { exposesSecret, isSecretReference } from './secrets';

/** A whole number. All bounds are those of tasks on Fargate. @see Amazon ECS API, RegisterTaskDefinition */
const whole = (min: number, max: number, what: string) =>
  z.int(`is not a whole number: ${what}`).min(min, `is out of range: ${what}`).max(max, `is out of range: ${what}`);

const units = whole(1, 16_384, 'CPU units, 1024 per vCPU').optional();
const mebibytes = whole(6, 122_880, 'MiB').optional();
const role = z
  .string()
  .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/, 'is not an ARN of an IAM role')
  .optional();
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Reports problems for the record, not for the value: a value may be a secret and is never shown. */
const record = (problemOf: (name: string, value: string) => string | undefined) =>
  recordOf(z.string()).superRefine((entries, context) => {
    for (const [name, value] of Object.entries(entries)) {
      const problem = variableName.test(name) ? problemOf(name, value) : 'is not a valid environment variable name';
      if (problem !== undefined) context.addIssue({ code: 'custom', message: `${name} ${problem}` });
    }
  });
const environment = record((name, value) =>
  exposesSecret(name, value)
    ? 'looks like a secret in plain text: move it to secrets, as an ARN of Secrets Manager or SSM'
    : undefined,
);
const secrets = record((_name, valueFrom) =>
  isSecretReference(valueFrom)
    ? undefined
    : 'is not a secret reference: set the ARN of a Secrets Manager secret, or the ARN or name of an SSM parameter',
);

const logs = z.strictObject({
  group: z.string().regex(/^[\w./#-]{1,512}$/, 'is not a valid log group name'),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not an AWS region'),
  streamPrefix: z.string().regex(/^[^:*]{1,200}$/, 'is not a valid log stream prefix'),
});

const container = {
  image: z.string().regex(/^\S{1,512}$/, 'is not a valid image reference'),
  cpu: units,
  memoryMiB: mebibytes,
  environment: environment.optional(),
  secrets: secrets.optional(),
  logs: logs.optional(),
};

const healthCheck = z.strictObject({
  command: z
    .array(z.string())
    .refine(([kind, ...rest]) => (kind === 'CMD' || kind === 'CMD-SHELL') && rest.length > 0, {
      error: 'must start with CMD or CMD-SHELL, followed by a command',
    }),
  intervalSeconds: whole(5, 300, '5 to 300 seconds'),
  timeoutSeconds: whole(2, 60, '2 to 60 seconds'),
  retries: whole(1, 10, '1 to 10'),
  startPeriodSeconds: whole(0, 300, '0 to 300 seconds'),
});

const etl = z.strictObject({
  ...container,
  healthCheck: healthCheck.optional(),
  /** The container takes up to ten seconds to discard the current part and write its checkpoint. */
  stopTimeoutSeconds: whole(10, 120, '10 to 120 seconds').optional(),
});

const sidecar = z.strictObject({
  ...container,
  name: z.string().regex(/^[A-Za-z0-9_-]{1,255}$/, 'is not a valid container name: use letters, digits, - and _'),
  essential: z.literal(false, 'must be false: a sidecar that stops must not stop the task').optional(),
});

/* Shapes that rules about several keys require. A rule applies if its keys are valid, even if other keys are not. */
const size = z.looseObject({ cpu: z.number().optional(), memoryMiB: z.number().optional() });
const sizes = z.looseObject({ cpu: z.number(), memoryMiB: z.number(), etl: size, sidecars: z.array(size).optional() });
const names = z.looseObject({ sidecars: z.array(z.looseObject({ name: z.string() })) });
const variables = z.looseObject({
  environment: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.unknown()),
});
const containers = z.looseObject({ etl: z.looseObject({}), sidecars: z.array(z.looseObject({})).optional() });
const given = (shape: z.ZodType) => ({ when: ({ value }: { value: unknown }) => shape.safeParse(value).success });

const withoutRepetition = <Schema extends typeof etl | typeof sidecar>(schema: Schema): Schema =>
  schema.superRefine((each, context) => {
    for (const name of Object.keys(each.secrets ?? {})) {
      if (!Object.hasOwn(each.environment ?? {}, name)) continue;
      context.addIssue({ code: 'custom', message: `${name} is in environment and in secrets: remove one` });
    }
  }, given(variables)) as Schema;

/** Specification of a task definition, in a file that `ECS_TASK_DEFINITION` may name (docs/aws.md). */
export const taskDefinitionSpec = z
  .strictObject({
    family: z.string().regex(/^[A-Za-z0-9_-]{1,255}$/, 'is not a valid family name: use letters, digits, - and _'),
    /** CPU units, 1024 per vCPU. */
    cpu: z.int(),
    memoryMiB: z.int(),
    /** @default 20 GiB, which are free */
    ephemeralStorageGiB: whole(
      ephemeralStorageGiB.min,
      ephemeralStorageGiB.max,
      `${ephemeralStorageGiB.min} to ${ephemeralStorageGiB.max} GiB; the default is 20`,
    ).optional(),
    executionRoleArn: role,
    taskRoleArn: role,
    cpuArchitecture: z.enum(['X86_64', 'ARM64']).optional(),
    etl: withoutRepetition(etl),
    sidecars: z
      .array(withoutRepetition(sidecar))
      .max(9, 'has more than 9: a task has at most 10 containers')
      .optional(),
  })
  .superRefine(
    ({ cpu, memoryMiB }, context) => {
      const problem = sizeProblem(cpu, memoryMiB);
      if (problem !== undefined) context.addIssue({ code: 'custom', path: ['cpu, memoryMiB'], message: problem });
    },
    given(z.looseObject({ cpu: z.number(), memoryMiB: z.number() })),
  )
  .superRefine((spec, context) => {
    const all = [spec.etl, ...(spec.sidecars ?? [])];
    for (const key of ['cpu', 'memoryMiB'] as const) {
      const sum = all.reduce((total, each) => total + (each[key] ?? 0), 0);
      if (sum <= spec[key]) continue;
      const message = `is less than the sum of its containers, ${sum}: raise it, or lower theirs`;
      context.addIssue({ code: 'custom', path: [key], message });
    }
  }, given(sizes))
  .superRefine(({ sidecars = [] }, context) => {
    const seen = new Set([etlContainerName]);
    for (const [index, { name }] of sidecars.entries()) {
      if (seen.has(name)) {
        const message = 'is the name of another container of this task';
        context.addIssue({ code: 'custom', path: ['sidecars', index, 'name'], message });
      }
      seen.add(name);
    }
  }, given(names))
  .superRefine(({ executionRoleArn, etl, sidecars = [] }, context) => {
    if (executionRoleArn !== undefined) return;
    const all = [etl, ...sidecars];
    const needs = [
      all.some((each) => each.logs !== undefined) && 'awslogs',
      all.some((each) => Object.keys(each.secrets ?? {}).length > 0) && 'secrets',
      all.some(({ image }) => /\.dkr\.ecr\./.test(image)) && 'ECR images',
    ].filter(Boolean);
    if (needs.length === 0) return;
    const message = `is missing: set the role that ECS needs for ${needs.join(', ')}`;
    context.addIssue({ code: 'custom', path: ['executionRoleArn'], message });
  }, given(containers));

export type TaskDefinitionSpec = z.input<typeof taskDefinitionSpec>;
export type ContainerSpec = Pick<z.output<typeof etl>, keyof typeof container>;
