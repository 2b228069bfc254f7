// Measures the duration of a run without its task, one pipeline at a time, by how the end of the task is detected.
import { join } from 'node:path';
import { startSimulatedEcs } from '../ecs/simulated.mjs';
import { quantile, startSystem } from '../system.mjs';
import { startEventQueue, stoppedEvent } from './eventQueue.mjs';
import { commitAsContainer, writeFiles } from './lake.mjs';
import { oneAtATime } from './pipelines.mjs';

/** The former poll interval was five seconds. */
const kinds = [
  { name: 'a poll every 5 s', env: { ETL_POLL_SECONDS: '5' } },
  { name: 'a poll every second' },
  { name: 'events', withEvents: true },
];

/** Fractions of the golden ratio are spread evenly, and no interval between polls divides them. */
const goldenRatio = 0.618034;

/**
 * Returns, for each kind, the seconds of a run without its task, and the seconds until the end of the task was detected.
 * Tasks end at different moments between two polls.
 */
export async function measureOverhead({ folder, log, singles, taskSeconds, spreadSeconds = 5 }) {
  const results = [];
  for (const { name, env = {}, withEvents = false } of kinds) {
    // Each kind has a separate lake, because a delivered batch is not converted again.
    const place = join(folder, name);
    const events = writeFiles(place, singles);
    log(`${events.length} pipelines one at a time: ${name} …`);
    let started = 0;
    const lengthOf = () => taskSeconds + spreadSeconds * ((started++ * goldenRatio) % 1);
    const queue = withEvents ? await startEventQueue() : undefined;
    const onEnd = queue && ((arn, overrides) => queue.send(stoppedEvent(arn, overrides)));
    const ecs = await startSimulatedEcs({ taskSeconds: lengthOf, work: commitAsContainer, onEnd });
    const system = await startSystem({ log, folder: place, ecsUrl: ecs.url, env: { ...env, ...queue?.env } });
    try {
      const seconds = await oneAtATime(system.client, events);
      const tasks = ecs.all().map(({ createdAt, stoppedAt }) => (stoppedAt - createdAt) / 1000);
      const overheads = seconds.map((each, number) => each - tasks[number]);
      results.push({
        name,
        median: quantile(overheads, 0.5),
        worst: Math.max(...overheads),
        seenAfter: quantile(ecs.lags, 0.5),
      });
    } finally {
      await system.stop();
      ecs.close();
      queue?.close();
    }
  }
  return results;
}
