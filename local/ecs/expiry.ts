import type { Context, Retention } from './context';
import { stoppedAt } from './lifecycle';
import type { Reservation } from './tokenStore';

/** "Stopped tasks appear for at least one hour"; a token lives for 24 hours. Source: ECS API, DescribeTasks and RunTask. */
export const ecsRetention: Retention = { stoppedTaskMs: 3_600_000, tokenMs: 86_400_000 };

type Kept = Pick<Context, 'tasks' | 'tokens' | 'launcher' | 'retention' | 'now'>;

/**
 * Whether the token stands for nothing any more: 24 hours after the request, or when the last of its tasks is
 * forgotten, whichever is first. Source: ECS Developer Guide, idempotency of RunTask.
 */
export async function isTokenOver({ tasks }: Reservation, { tasks: store, retention, now }: Kept): Promise<boolean> {
  const states = await Promise.all(tasks.map(({ id }) => store.read(id)));
  if (now() >= Math.min(...tasks.map(({ createdAt }) => createdAt)) + retention.tokenMs) return true;
  return states.every((state) => {
    const stopped = state && stoppedAt(state);
    return stopped !== undefined && now() >= stopped + retention.stoppedTaskMs;
  });
}

/** Removes the tokens that are over, then the tasks that are forgotten and that no token can bring back. */
export async function expire(context: Kept): Promise<void> {
  const { tasks, tokens, launcher, retention, now } = context;
  const stillNamed = new Set<string>();
  for (const key of await tokens.keys()) {
    // In turn, so that a request with this token is either before the end of it all, or after.
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
