// Starts pipelines and waits for their results.
import { setTimeout as delay } from 'node:timers/promises';

/** Runs a pipeline. Throws the run's failure. */
async function runOne(client, workflowId, event) {
  const handle = await client.workflow.start('etlPipeline', { workflowId, taskQueue: 'etl', args: [event] });
  const { delivered } = await handle.result();
  if (!delivered.byThisRun) throw new Error(`${workflowId} found the commit of another run`);
  return handle;
}

/** Runs the pipelines one after another. Returns the seconds of each from start to result. */
export async function oneAtATime(client, events) {
  const seconds = [];
  for (const [number, event] of events.entries()) {
    const startedAt = Date.now();
    await runOne(client, `single-${number}`, event);
    seconds.push((Date.now() - startedAt) / 1000);
  }
  return seconds;
}

/** Runs the pipelines, at most `open` at a time. Returns the total seconds. */
export async function allTogether(client, events, { open, log }) {
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
      log(`${ended} of ${events.length} delivered, ${(ended / elapsed()).toFixed(1)} a second`);
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
