/** Thrown when something did not answer in time. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/**
 * Awaits work for at most `ms` milliseconds. Later results are ignored.
 *
 * @throws {NoAnswerError} after that time
 */
export async function bounded<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const error = new NoAnswerError(`no answer within ${Math.max(0, Math.round(ms / 100) / 10)} s`);
    timer = setTimeout(() => reject(error), Math.max(0, ms));
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
