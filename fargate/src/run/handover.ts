import { own } from '@etl/lib/own';

/** The supervisor's input besides the task's record. The environment carries it, because it must not be on disk. */
export interface Handover {
  /** URL of the metadata endpoint. Container tokens are appended to it. */
  readonly metadataRoot: string;
  /** Container -> name -> value. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Why the task fails to start, in ECS's wording. */
  readonly startFailure?: string;
}

const variable = 'LOCAL_ECS_HANDOVER';

export const handoverEnvironment = (handover: Handover) => ({ [variable]: JSON.stringify(handover) });

/** Reads the handover and removes it from the environment, so that child processes do not inherit it. */
export function takeHandover(env: NodeJS.ProcessEnv): Handover {
  const text = env[variable];
  delete env[variable];
  return text === undefined ? { metadataRoot: '', secrets: {} } : (JSON.parse(text) as Handover);
}

/** Returns the environment that the container agent adds to the task definition and its overrides. */
export function agentEnvironment(
  { metadataRoot, secrets }: Handover,
  container: { readonly name: string; readonly description: { readonly runtimeId?: string | undefined } },
): Record<string, string> {
  const uri = `${metadataRoot}/${container.description.runtimeId}`;
  return { ...own(secrets, container.name), ...(metadataRoot !== '' && { ECS_CONTAINER_METADATA_URI_V4: uri }) };
}
