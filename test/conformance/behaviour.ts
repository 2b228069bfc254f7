import type { Trial } from './world';

/** A documented behaviour of ECS. `check` rejects if the world behaves differently. */
export interface Behaviour {
  /** A sentence that is true of ECS. */
  readonly name: string;
  check(trial: Trial): Promise<void>;
}

export const behaviour = (name: string, check: Behaviour['check']): Behaviour => ({ name, check });

/** Rejects unless the call fails with HTTP 400 and this error. */
export async function refused(call: Promise<unknown>, name: string, message = /./): Promise<void> {
  const error = await call.then(
    () => undefined,
    (thrown: Error & { $metadata?: { httpStatusCode?: number } }) => thrown,
  );
  if (error === undefined) throw new Error('was not refused');
  expect([error.name, error.$metadata?.httpStatusCode]).toEqual([name, 400]);
  expect(error.message).toMatch(message);
}
