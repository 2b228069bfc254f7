// Pipelines started and followed to their ends.
import { setTimeout as delay } from 'node:timers/promises';

/** `delivered` when it is; throws what the run failed of. */
async function runOne(client, workflowId, event) {
  const handle = await client.workflow.start('etlPipeline', { workflowId, taskQueue: 'etl', args: [event] });
  const { delivered } = await handle.result();
  if (!delivered.byThisRun) throw new Error(`${workflowId} found the commit of another run`);
  return handle;
}

/** One after the other; the seconds each took from start to result. */
export async function oneAtATime(client, events) {
  const seconds = [];
  for (const [number, event] of events.entries()) {
    const startedAt = Date.now();
    await runOne(client, `single-${number}`, event);
    seconds.push((Date.now() - startedAt) / 1000);
  }
  return seconds;
}

/** At most `open` at a time, each started as soon as another has ended. Returns the seconds all of them took. */
export async function allTogether(client, events, { open, say }) {
  let next = 0;
  let ended = 0;
  const startedAt = Date.now();
  const elapsed = () => (Date.now() - startedAt) / 1000;
  const lane = async () => {
    while (next < events.length) {
      const number = next++;
      await runOne(client, workflowIdOf(number), events[number]);
      ended += 1;
    }
  };
  const stop = new AbortController();
  const progress = async () => {
    for (;;) {
      await delay(10_000, undefined, { signal: stop.signal });
      say(`${ended} of ${events.length} delivered, ${(ended / elapsed()).toFixed(1)} a second`);
    }
  };
  progress().catch(() => undefined);
  try {
    await Promise.all(Array.from({ length: Math.min(open, events.length) }, lane));
  } finally {
    stop.abort();
  }
  return elapsed();
}

export const workflowIdOf = (number) => `night-${number}`;
