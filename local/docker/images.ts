import { docker } from './docker';

export interface ImageBuild {
  /** The folder it is built from: the repository's. */
  readonly root: string;
  readonly dockerfile: string;
  readonly tag: string;
  readonly signal?: AbortSignal;
}

export const etlDockerfile = 'etl-image/Dockerfile';

/**
 * Builds the image of a Dockerfile and returns its id. What was built before comes from Docker's cache. The tag stays:
 * without one, the cache would lose the last layers. Throws `DockerError`.
 */
export async function buildImage({ root, dockerfile, tag, signal }: ImageBuild): Promise<string> {
  // In a build too, npm may reach its registry only as this machine does.
  const args = ['build', '--network', 'host', '-q', '-f', dockerfile, '-t', tag, '.'];
  return docker(args, { cwd: root, ...(signal && { signal }) });
}
