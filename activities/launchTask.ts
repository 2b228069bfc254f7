import { type ContainerInput, containerEnvironment } from '@etl/pipeline/container';
import type { LaunchInput, LaunchResult } from './contract';
import { clientToken, startedBy, tagNames, tags } from './identity';
import type { TaskRunner } from './ports';

/**
 * Launches the task of one generation, or finds it launched. The request depends on the input alone, so that ECS
 * recognises a repetition by its client token.
 */
export async function launchTask(tasks: TaskRunner, input: LaunchInput): Promise<LaunchResult> {
  const { plan, run, generation } = input;
  const by = startedBy(run.workflowId);
  const blocked = await tasksOfEarlierRuns(tasks, by, run.runId);
  if (blocked.length > 0) return { kind: 'blocked', by: blocked };
  const answer = await tasks.run({
    clientToken: clientToken(run, generation),
    startedBy: by,
    environment: containerEnvironment(containerInput(input)),
    tags: tags(run, generation),
    ...(plan.compute.size && { size: plan.compute.size }),
    ...(plan.compute.ephemeralStorageGiB !== undefined && { ephemeralStorageGiB: plan.compute.ephemeralStorageGiB }),
    spot: plan.compute.spot,
  });
  return 'refused' in answer ? { kind: 'refused', reason: answer.refused } : { kind: 'launched', ...answer };
}

/** A workflow that was reset or started again under its ID may have left a task writing: it comes first. */
async function tasksOfEarlierRuns(tasks: TaskRunner, by: string, runId: string): Promise<string[]> {
  const arns = await tasks.listRunning(by);
  if (arns.length === 0) return [];
  const descriptions = await tasks.describe(arns.slice(0, 100));
  return descriptions
    .filter((task) => task.lastStatus !== 'STOPPED' && task.tags[tagNames.runId] !== runId)
    .map((task) => task.taskArn);
}

function containerInput({ plan, run, generation }: LaunchInput): ContainerInput {
  return {
    inputUri: plan.source.uri,
    ...plan.batch,
    destination: plan.destination,
    runId: run.runId,
    generation,
    runStartedAt: run.startedAt,
    chunkRows: plan.chunkRows,
    options: plan.options,
    timeoutSeconds: plan.timings.timeoutSeconds,
  };
}
