const everySeconds = 10;

/**
 * Does work that may take long and reports it: one line at its start, and a line with the elapsed time every ten
 * seconds. `progress` returns how far the work is, for these lines.
 */
export async function reported<T>(
  log: (line: string) => void,
  what: string,
  work: () => Promise<T>,
  progress: () => string | undefined = () => undefined,
): Promise<T> {
  const startedAt = performance.now();
  log(`${what} …`);
  const timer = setInterval(() => {
    const facts = [`${Math.round((performance.now() - startedAt) / 1000)} s`, progress()];
    log(`${what} … ${facts.filter((fact) => fact !== undefined).join(', ')}`);
  }, everySeconds * 1000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
