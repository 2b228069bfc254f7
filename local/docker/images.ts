import { docker } from './docker';

export interface ImageBuild {
  /** The build context: the repository's root. */
  readonly root: string;
  readonly dockerfile: string;
  readonly tag: string;
  readonly signal?: AbortSignal;
}

export const etlDockerfile = 'etl-image/Dockerfile';

/**
 * Builds the image of a Dockerfile and returns its ID. Unchanged layers come from Docker's cache. The tag stays,
 * because the cache would drop the last layers of an untagged image.
 * @throws DockerError
 */
export async function buildImage({ root, dockerfile, tag, signal }: ImageBuild): Promise<string> {
  // npm may reach its registry only through the host's network, also during a build.
  const args = ['build', '--network', 'host', '-q', '-f', dockerfile, '-t', tag, '.'];
  return docker(args, { cwd: root, ...(signal && { signal }) });
}
