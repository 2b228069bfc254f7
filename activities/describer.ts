import { setTimeout as delay } from 'node:timers/promises';
import type { TaskDescription, TaskRunner } from './ports';

const maxPerCall = 100; // DescribeTasks takes no more

/**
 * Every wait of a worker asks here, and what is asked within one tick goes out together: N waits cost N/100 calls.
 * Returns undefined for a task that ECS does not know.
 */
export function createDescriber(tasks: Pick<TaskRunner, 'describe'>, tickMillis = 100) {
  let open: { arns: Set<string>; answer: Promise<Map<string, TaskDescription>> } | undefined;

  const describeAfterTick = async (arns: Set<string>): Promise<Map<string, TaskDescription>> => {
    await delay(tickMillis);
    open = undefined;
    const all = [...arns];
    const groups = Array.from({ length: Math.ceil(all.length / maxPerCall) }, (_, index) =>
      tasks.describe(all.slice(index * maxPerCall, (index + 1) * maxPerCall)),
    );
    return new Map((await Promise.all(groups)).flat().map((task) => [task.taskArn, task]));
  };

  return async (taskArn: string): Promise<TaskDescription | undefined> => {
    if (!open) {
      const arns = new Set<string>();
      open = { arns, answer: describeAfterTick(arns) };
    }
    open.arns.add(taskArn);
    return (await open.answer).get(taskArn);
  };
}

export type Describer = ReturnType<typeof createDescriber>;
