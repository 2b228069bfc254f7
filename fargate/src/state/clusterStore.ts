import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { clusterName } from '../api/arns';
import { clusterNotFound } from '../api/errors';
import { createJson, isCode } from './files';

export type ClusterStore = ReturnType<typeof createClusterStore>;

/** Stores the clusters: those configured at the endpoint's start, and those created by CreateCluster. */
export function createClusterStore(stateDir: string, given: readonly string[]) {
  const root = join(stateDir, 'clusters');

  async function names(): Promise<string[]> {
    const made = await readdir(root).catch((error: unknown) => {
      if (isCode(error, 'ENOENT')) return [];
      throw error;
    });
    const added = made.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
    return [...new Set([...given, ...added])].sort();
  }

  return {
    names,

    async add(name: string): Promise<void> {
      await mkdir(root, { recursive: true, mode: 0o700 });
      await createJson(join(root, `${name}.json`), { name });
    },

    /**
     * Returns the name of the cluster that a request names.
     * @throws EcsError ClusterNotFoundException
     */
    async require(nameOrArn: string | undefined): Promise<string> {
      const name = clusterName(nameOrArn);
      if ((await names()).includes(name)) return name;
      throw clusterNotFound();
    },
  };
}
