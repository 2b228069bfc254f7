import { recordOf } from '@etl/lib/recordOf';
import { describeIssue } from '@etl/lib/schemaIssues';
import * as z from 'zod';
import { operationNames } from '../api/operationNames';
import { credentialErrors, noImage, quotas, rateExceeded } from './wording';

/** In seconds. Fits into a timer. */
const week = 604_800;

/** How often a rule injects its fault. docs/faults.md describes every key. */
const chance = {
  probability: z.number().min(0).max(1).default(1),
  times: z.number().int().min(1).optional(),
  after: z.number().int().min(0).default(0),
  forSeconds: z.number().min(0).max(week).optional(),
};
const names = recordOf(z.string());
const where = z
  .strictObject({ startedBy: z.string().optional(), tag: names.optional(), environment: names.optional() })
  .optional();
const seconds = z.number().min(0).max(week);
/** Fixed, or drawn from a range for each task. */
const afterSeconds = z.union([seconds, z.tuple([seconds, seconds])]).default(0);

const call = { ...chance, where, operation: z.enum(operationNames).optional() };
const task = { ...chance, where };
const container = z.string().optional();

const ruleSchemas = {
  lostResponse: z.strictObject({ fault: z.literal('lostResponse'), ...call }),
  serverError: z.strictObject({ fault: z.literal('serverError'), ...call }),
  throttling: z.strictObject({
    fault: z.literal('throttling'),
    ...call,
    as: z.enum(['ThrottlingException', 'InvalidParameterException', 'ClientException']).default('ThrottlingException'),
    message: z.string().default(rateExceeded),
  }),
  credentials: z.strictObject({
    fault: z.literal('credentials'),
    ...call,
    as: z.enum(credentialErrors).default('ExpiredTokenException'),
    status: z.union([z.literal(400), z.literal(403)]).default(400),
    message: z.string().optional(),
  }),
  skewedClock: z.strictObject({ fault: z.literal('skewedClock'), ...call, seconds: z.number().min(-week).max(week) }),
  slowResponse: z.strictObject({ fault: z.literal('slowResponse'), ...call, seconds }),
  capacity: z.strictObject({ fault: z.literal('capacity'), ...task, spotOnly: z.boolean().default(false) }),
  quota: z.strictObject({
    fault: z.literal('quota'),
    ...task,
    of: z.enum(quotas).default('vCPUs'),
    provider: z.enum(['FARGATE', 'FARGATE_SPOT']).optional(),
    as: z.enum(['failures', 'ClientException']).default('failures'),
  }),
  missing: z.strictObject({ fault: z.literal('missing'), ...task, seconds }),
  expiredRecord: z.strictObject({ fault: z.literal('expiredRecord'), ...task, seconds: seconds.default(0) }),
  slowStart: z.strictObject({ fault: z.literal('slowStart'), ...task, seconds }),
  stuckStart: z.strictObject({
    fault: z.literal('stuckStart'),
    ...task,
    status: z.enum(['PROVISIONING', 'PENDING']).default('PENDING'),
  }),
  stuckStop: z.strictObject({
    fault: z.literal('stuckStop'),
    ...task,
    status: z.enum(['DEACTIVATING', 'STOPPING', 'DEPROVISIONING']).default('DEPROVISIONING'),
    seconds: seconds.optional(),
    untilStopped: z.boolean().default(false),
  }),
  failedStart: z.strictObject({ fault: z.literal('failedStart'), ...task, reason: z.string().default(noImage) }),
  nullExitCode: z.strictObject({ fault: z.literal('nullExitCode'), ...task, container }),
  spotInterruption: z.strictObject({
    fault: z.literal('spotInterruption'),
    ...task,
    afterSeconds,
    noticeSeconds: seconds.default(120),
    anyTask: z.boolean().default(false),
  }),
  outOfMemory: z.strictObject({
    fault: z.literal('outOfMemory'),
    ...task,
    afterSeconds,
    exitCode: z.number().int().min(0).max(255).default(137),
    container,
  }),
  killed: z.strictObject({ fault: z.literal('killed'), ...task, afterSeconds, container }),
  hostFailure: z.strictObject({ fault: z.literal('hostFailure'), ...task, afterSeconds }),
  slow: z.strictObject({
    fault: z.literal('slow'),
    ...task,
    afterSeconds,
    share: z.number().min(0.01).max(1),
    container,
  }),
  stoppedBySomeone: z.strictObject({
    fault: z.literal('stoppedBySomeone'),
    ...task,
    afterSeconds,
    reason: z.string().default('Task stopped by user'),
  }),
};

export type FaultName = keyof typeof ruleSchemas;
export type FaultRule = z.infer<(typeof ruleSchemas)[FaultName]>;
/** Faults of a call. All other faults affect a task. */
const callFaults = ['lostResponse', 'serverError', 'throttling', 'credentials', 'slowResponse', 'skewedClock'] as const;
export type CallRule = Extract<FaultRule, { fault: (typeof callFaults)[number] }>;
export type TaskRule = Exclude<FaultRule, CallRule>;
export const isCallRule = (rule: FaultRule): rule is CallRule => (callFaults as readonly string[]).includes(rule.fault);
export type Where = NonNullable<FaultRule['where']>;

export interface FaultPlan {
  readonly seed: number;
  readonly rules: readonly FaultRule[];
}

/** An invalid plan. The message is one line that names the rule and the key. */
export class FaultPlanError extends Error {
  override readonly name = 'FaultPlanError';
}

const planSchema = z.strictObject({ seed: z.number().int().default(1), rules: z.array(z.unknown()) });
/** Operations on tasks, for which `where` can select tasks. */
const aboutTasks: readonly (string | undefined)[] = [undefined, 'RunTask', 'DescribeTasks', 'StopTask'];

/**
 * Parses a plan and fills in its defaults.
 * @throws FaultPlanError
 */
export function parseFaultPlan(value: unknown): FaultPlan {
  const { seed, rules } = checked(planSchema, value, []);
  return { seed, rules: rules.map((rule, index) => parseRule(rule, ['rules', String(index)])) };
}

function parseRule(rule: unknown, path: readonly string[]): FaultRule {
  const fault = (rule as { fault?: unknown } | null)?.fault;
  if (typeof fault !== 'string' || !Object.hasOwn(ruleSchemas, fault)) {
    const known = Object.keys(ruleSchemas).join(', ');
    throw new FaultPlanError(
      `fault plan: ${path.join('.')}.fault: ${JSON.stringify(fault)} is unknown: use one of ${known}`,
    );
  }
  const parsed: FaultRule = checked<FaultRule>(ruleSchemas[fault as FaultName], rule, path);
  if (parsed.where && isCallRule(parsed) && !aboutTasks.includes(parsed.operation)) {
    throw new FaultPlanError(
      `fault plan: ${path.join('.')}.where: ${parsed.operation} does not concern a task: remove where`,
    );
  }
  return parsed;
}

function checked<T>(schema: z.ZodType<T>, value: unknown, path: readonly string[]): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => describeIssue(issue, path, value));
  throw new FaultPlanError(`fault plan: ${problems.map((problem) => problem.replace(/^: /, '')).join('; ')}`);
}
