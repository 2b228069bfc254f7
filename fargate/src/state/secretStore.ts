import { join } from 'node:path';
import { readJson } from './files';
import type { TaskRecord } from './records';

export type SecretStore = ReturnType<typeof createSecretStore>;

/**
 * Reads the secrets of the local system: `secrets.json` in the state folder, from ARN or name to value. Never writes
 * them.
 */
export function createSecretStore(stateDir: string) {
  const file = join(stateDir, 'secrets.json');

  return {
    /**
     * Returns container -> name -> value. If a secret is missing, returns why the task cannot start, in ECS's wording
     * and without any value.
     */
    async resolve({ containers }: Pick<TaskRecord, 'containers'>) {
      const wanted = containers.flatMap(({ name, secrets = [] }) =>
        secrets.map((each) => ({ ...each, container: name })),
      );
      const secrets = new Map<string, Record<string, string>>();
      if (wanted.length === 0) return { secrets: {} };
      const known = await readJson<unknown>(file).catch(() => undefined);
      for (const { container, name, valueFrom } of wanted) {
        const value = find(known, valueFrom);
        if (value === undefined) return { secrets: {}, startFailure: failure(valueFrom, file) };
        secrets.set(container, { ...secrets.get(container), [name]: value });
      }
      return { secrets: Object.fromEntries(secrets) };
    },
  };
}

const failure = (valueFrom: string, file: string) =>
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ' +
  `unable to retrieve secret ${valueFrom}: no such entry in ${file}`;

/**
 * Finds a secret by its exact ARN or name, or, with `:key::` after the ARN, a member of its JSON value.
 * @see Amazon ECS API Reference, Secret
 */
function find(known: unknown, valueFrom: string): string | undefined {
  const whole = member(known, valueFrom);
  if (whole !== undefined) return whole;
  const [, arn, key] =
    /^(arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:[^:]+):([^:]+):[^:]*:[^:]*$/.exec(valueFrom) ?? [];
  const value = arn === undefined ? undefined : member(known, arn);
  if (value === undefined || key === undefined) return undefined;
  try {
    return member(JSON.parse(value), key);
  } catch {
    return undefined;
  }
}

function member(value: unknown, key: string): string | undefined {
  if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined;
  const found = (value as Record<string, unknown>)[key];
  return typeof found === 'string' ? found : JSON.stringify(found);
}
