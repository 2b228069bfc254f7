import { stoppedAt } from '../state/lifecycle';
import type { Reservation } from '../state/tokenStore';
import type { Context, Retention } from './context';

/**
 * "Stopped tasks appear for at least one hour"; a token lives for 24 hours.
 * @see Amazon ECS API Reference, DescribeTasks and RunTask
 */
export const ecsRetention: Retention = { stoppedTaskMs: 3_600_000, tokenMs: 86_400_000 };

type Kept = Pick<Context, 'tasks' | 'tokens' | 'launcher' | 'retention' | 'now'>;

/**
 * Returns whether a token has expired: 24 hours after the request, or when the last of its tasks expires, whichever
 * comes first.
 * @see Amazon ECS Developer Guide, idempotency of RunTask
 */
export async function isTokenOver({ tasks }: Reservation, { tasks: store, retention, now }: Kept): Promise<boolean> {
  const states = await Promise.all(tasks.map(({ id }) => store.read(id)));
  if (now() >= Math.min(...tasks.map(({ createdAt }) => createdAt)) + retention.tokenMs) return true;
  return states.every((state) => {
    const stopped = state && stoppedAt(state);
    return stopped !== undefined && now() >= stopped + retention.stoppedTaskMs;
  });
}

/** Removes expired tokens, then expired tasks that no token can recreate. */
export async function expire(context: Kept): Promise<void> {
  const { tasks, tokens, launcher, retention, now } = context;
  const stillNamed = new Set<string>();
  for (const key of await tokens.keys()) {
    // Serialized, so that a request with this token runs either before or after its removal.
    await tokens.inTurn(key, async () => {
      const reservation = await tokens.find(key);
      if (!reservation) return;
      if (await isTokenOver(reservation, context)) await tokens.release(key);
      else for (const { id } of reservation.tasks) stillNamed.add(id);
    });
  }
  for (const id of await tasks.ids()) {
    const state = await tasks.read(id);
    const stopped = state && stoppedAt(state);
    if (stopped === undefined || now() < stopped + retention.stoppedTaskMs || stillNamed.has(id)) continue;
    launcher.forget(id);
    await tasks.remove(id);
  }
}
