import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tag } from '@aws-sdk/client-ecs';
import { parseDefinitionName } from '../api/arns';
import type { ContainerDefinition } from '../api/schemas';
import { createJson, isCode, readJson, replaceJson } from './files';

/** A stored revision: the response of DescribeTaskDefinition. */
export interface StoredDefinition {
  readonly taskDefinition: {
    readonly taskDefinitionArn: string;
    readonly family: string;
    readonly revision: number;
    readonly status: 'ACTIVE' | 'INACTIVE';
    readonly containerDefinitions: readonly ContainerDefinition[];
    readonly cpu?: string;
    readonly memory?: string;
    readonly ephemeralStorage?: { sizeInGiB: number } | undefined;
    readonly requiresCompatibilities?: readonly string[] | undefined;
    /** Members that are stored but not read. */
    readonly [member: string]: unknown;
  };
  readonly tags: Tag[];
}

export type DefinitionStore = ReturnType<typeof createDefinitionStore>;

/** Stores task definitions on disk: `definitions/<family>/<revision>.json`. */
export function createDefinitionStore(stateDir: string) {
  const root = join(stateDir, 'definitions');
  const path = (family: string, revision: number) => join(root, family, `${revision}.json`);

  const names = (folder: string) =>
    readdir(folder).catch((error: unknown) => {
      if (isCode(error, 'ENOENT')) return [];
      throw error;
    });

  /** Returns the family's revisions in ascending order. */
  async function revisions(family: string): Promise<number[]> {
    const found = (await names(join(root, family))).flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? []);
    return found.map(Number).sort((a, b) => a - b);
  }

  return {
    /** Stores a new revision: the highest one plus 1. */
    async add(family: string, build: (revision: number) => StoredDefinition): Promise<StoredDefinition> {
      await mkdir(join(root, family), { recursive: true, mode: 0o700 });
      for (let revision = ((await revisions(family)).at(-1) ?? 0) + 1; ; revision++) {
        const stored = build(revision);
        if (await createJson(path(family, revision), stored)) return stored;
      }
    },

    replace: (stored: StoredDefinition) =>
      replaceJson(path(stored.taskDefinition.family, stored.taskDefinition.revision), stored),

    /**
     * Finds a definition by `family:revision`, by ARN, or by `family`, which means its newest ACTIVE revision. Returns
     * undefined if there is none.
     */
    async find(name: string): Promise<StoredDefinition | undefined> {
      const parsed = parseDefinitionName(name);
      if (!parsed) return undefined;
      const { family, revision } = parsed;
      if (revision !== undefined) return readJson<StoredDefinition>(path(family, revision));
      for (const candidate of (await revisions(family)).reverse()) {
        const stored = await readJson<StoredDefinition>(path(family, candidate));
        if (stored?.taskDefinition.status === 'ACTIVE') return stored;
      }
      return undefined;
    },

    /** Returns all revisions, ordered by family and number. */
    async all(): Promise<StoredDefinition[]> {
      const families = (await names(root)).sort();
      const found: StoredDefinition[] = [];
      for (const family of families) {
        for (const revision of await revisions(family)) {
          const stored = await readJson<StoredDefinition>(path(family, revision));
          if (stored) found.push(stored);
        }
      }
      return found;
    },
  };
}
