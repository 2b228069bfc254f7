import { parseUri } from '@etl/lib/uri';
import type { ContainerMode } from '@etl/pipeline/container';
import * as z from 'zod';

export const uri = z.string().refine((text) => parseUri(text) !== undefined, 'is not an s3:// or file:/// URI');
export const whole = z.coerce.number('is not a number').int('is not a whole number');

/** Maximum number of tasks that convert one file. */
const maxShards = 10_000;

const shard = z.string().transform((text, context) => {
  const [, number, of] = (/^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []).map(Number);
  if (number !== undefined && of !== undefined && number >= 1 && number <= of && of <= maxShards) return { number, of };
  context.addIssue({
    code: 'custom',
    message: `is not a shard: expected a value such as 1/8, for the first of eight shards (at most ${maxShards})`,
  });
  return z.NEVER;
});

const modes = ['convert', 'index', 'shard', 'commit'] as const;

/** Variables of the launch's mode. @see ContainerMode */
export const modeVariables = {
  MODE: z.enum(modes, 'is not one of convert, index, shard and commit').default('convert'),
  SHARD: shard.optional(),
  SHARDS: whole.min(1).max(maxShards).optional(),
  SHARD_INDEX: uri.optional(),
  SHARD_RECONCILE: uri.optional(),
};

type Variables = z.infer<z.ZodObject<typeof modeVariables>>;
type Extra = Exclude<keyof Variables, 'MODE'>;

/** Variables that each mode accepts. */
const accepted: Readonly<Record<Variables['MODE'], readonly Extra[]>> = {
  convert: [],
  index: [],
  shard: ['SHARD', 'SHARD_INDEX', 'SHARD_RECONCILE'],
  commit: ['SHARDS', 'SHARD_INDEX'],
};

/** Returns the mode, or every problem with its variables. */
export function resolveMode(data: Variables): { readonly mode?: ContainerMode; readonly problems: readonly string[] } {
  const { MODE: kind, SHARD: shard, SHARDS: of, SHARD_INDEX: indexUri, SHARD_RECONCILE: reconcileUri } = data;
  const all: readonly Extra[] = ['SHARD', 'SHARDS', 'SHARD_INDEX', 'SHARD_RECONCILE'];
  const unexpected = all.filter((name) => data[name] !== undefined && !accepted[kind].includes(name));
  const problems = unexpected.map((name) => `${name}: not allowed with MODE=${kind}`);
  const missing = (name: Extra, by: string) => problems.push(`${name}: is missing: ${by} requires it`);
  if (kind === 'shard') {
    if (!shard) missing('SHARD', 'MODE=shard');
    if (indexUri === undefined) missing('SHARD_INDEX', 'MODE=shard');
    if (!shard || indexUri === undefined || problems.length > 0) return { problems };
    return { mode: { kind, ...shard, indexUri, ...(reconcileUri !== undefined && { reconcileUri }) }, problems };
  }
  if (kind === 'commit' && (of !== undefined || indexUri !== undefined)) {
    if (of === undefined) missing('SHARDS', 'SHARD_INDEX');
    if (indexUri === undefined) missing('SHARD_INDEX', 'SHARDS');
    if (of === undefined || indexUri === undefined || problems.length > 0) return { problems };
    return { mode: { kind, shards: { of, indexUri } }, problems };
  }
  return problems.length > 0 ? { problems } : { mode: { kind }, problems };
}
