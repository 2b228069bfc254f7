import { own } from '@etl/lib/own';

/** What a supervisor is told beyond its task's record: in its environment, since it must not be on disk. */
export interface Handover {
  /** Where the endpoint answers about containers; their tokens are appended. */
  readonly metadataRoot: string;
  /** Container -> name -> value. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The task fails to start for this reason; ECS's wording. */
  readonly startFailure?: string;
}

const variable = 'LOCAL_ECS_HANDOVER';

export const handoverEnvironment = (handover: Handover) => ({ [variable]: JSON.stringify(handover) });

/** Takes it out of the environment, so that programs started from here do not inherit it. */
export function takeHandover(env: NodeJS.ProcessEnv): Handover {
  const text = env[variable];
  delete env[variable];
  return text === undefined ? { metadataRoot: '', secrets: {} } : (JSON.parse(text) as Handover);
}

/** The environment that the container agent adds to what a task definition and its overrides say. */
export function agentEnvironment(
  { metadataRoot, secrets }: Handover,
  container: { readonly name: string; readonly description: { readonly runtimeId?: string | undefined } },
): Record<string, string> {
  const uri = `${metadataRoot}/${container.description.runtimeId}`;
  return { ...own(secrets, container.name), ...(metadataRoot !== '' && { ECS_CONTAINER_METADATA_URI_V4: uri }) };
}
