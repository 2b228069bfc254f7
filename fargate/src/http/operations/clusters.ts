import { clusterArn, clusterName } from '../../api/arns';
import { invalidParameter } from '../../api/errors';
import { clustersInput, createClusterInput, read } from '../../api/schemas';
import { lastStatus } from '../../state/lifecycle';
import type { Context, Operation } from '../context';

const maxClusters = 100;

export const describeClusters: Operation = async (context, rawInput) => {
  const input = read(clustersInput, rawInput);
  const requested = input.clusters && input.clusters.length > 0 ? input.clusters : ['default'];
  if (requested.length > maxClusters) throw invalidParameter(`clusters can have at most ${maxClusters} items.`);
  const names = await context.clusters.names();
  const counts = await countTasks(context);
  return {
    clusters: requested
      .map(clusterName)
      .flatMap((name) => (names.includes(name) ? [describe(name, counts.get(name))] : [])),
    failures: requested
      .filter((name) => !names.includes(clusterName(name)))
      .map((name) => ({ arn: clusterArn(clusterName(name)), reason: 'MISSING' })),
  };
};

export const createCluster: Operation = async (context, rawInput) => {
  const name = read(createClusterInput, rawInput).clusterName ?? 'default';
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) throw invalidParameter('clusterName contains invalid characters.');
  await context.clusters.add(name);
  return { cluster: describe(name, (await countTasks(context)).get(name)) };
};

interface Counts {
  running: number;
  pending: number;
}

async function countTasks(context: Context): Promise<Map<string, Counts>> {
  const counts = new Map<string, Counts>();
  for (const id of await context.tasks.ids()) {
    const state = await context.launcher.observe(id);
    if (!state || state.end) continue;
    const count = counts.get(state.record.cluster) ?? { running: 0, pending: 0 };
    if (lastStatus(state, context.now()) === 'RUNNING') count.running++;
    else count.pending++;
    counts.set(state.record.cluster, count);
  }
  return counts;
}

function describe(name: string, counts: Counts = { running: 0, pending: 0 }) {
  return {
    clusterArn: clusterArn(name),
    clusterName: name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: counts.running,
    pendingTasksCount: counts.pending,
    activeServicesCount: 0,
    statistics: [],
    tags: [],
    settings: [],
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [],
  };
}
