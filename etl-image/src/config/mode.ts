import { parseUri } from '@etl/lib/uri';
import type { ContainerMode } from '@etl/pipeline/container';
import * as z from 'zod';

export const uri = z.string().refine((text) => parseUri(text) !== undefined, 'is no s3:// or file:/// URI');
export const whole = z.coerce.number('is no number').int('is no whole number');

/** More tasks than that convert no file together. */
const mostShards = 10_000;

const shard = z.string().transform((text, context) => {
  const [, number, of] = (/^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? []).map(Number);
  if (number !== undefined && of !== undefined && number >= 1 && number <= of && of <= mostShards)
    return { number, of };
  context.addIssue({
    code: 'custom',
    message: `is no shard: write 1/8 for the first of eight, of at most ${mostShards}`,
  });
  return z.NEVER;
});

const modes = ['convert', 'index', 'shard', 'commit'] as const;

/** What a task is launched for: see `ContainerMode`. */
export const modeVariables = {
  MODE: z.enum(modes, 'can be convert, index, shard or commit').default('convert'),
  SHARD: shard.optional(),
  SHARDS: whole.min(1).max(mostShards).optional(),
  SHARD_INDEX: uri.optional(),
  SHARD_RECONCILE: uri.optional(),
};

type Variables = z.infer<z.ZodObject<typeof modeVariables>>;
type Extra = Exclude<keyof Variables, 'MODE'>;

/** What each mode takes beside its name. */
const takes: Readonly<Record<Variables['MODE'], readonly Extra[]>> = {
  convert: [],
  index: [],
  shard: ['SHARD', 'SHARD_INDEX', 'SHARD_RECONCILE'],
  commit: ['SHARDS', 'SHARD_INDEX'],
};

/** The mode, or every problem with its variables. */
export function resolveMode(data: Variables): { readonly mode?: ContainerMode; readonly problems: readonly string[] } {
  const { MODE: kind, SHARD: shard, SHARDS: of, SHARD_INDEX: indexUri, SHARD_RECONCILE: reconcileUri } = data;
  const all: readonly Extra[] = ['SHARD', 'SHARDS', 'SHARD_INDEX', 'SHARD_RECONCILE'];
  const odd = all.filter((name) => data[name] !== undefined && !takes[kind].includes(name));
  const problems = odd.map((name) => `${name}: MODE=${kind} does not take it`);
  const missing = (name: Extra, by: string) => problems.push(`${name}: is missing: ${by} needs it`);
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
