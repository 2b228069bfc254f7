import { buildImage, etlDockerfile } from '../../local/docker/images';
import { root } from './processes';

/**
 * Only the first of the tests that want the same image waits for the build: Docker's cache serves the others. The tags
 * match those that scripts/lib/test-tools.mjs builds in advance.
 */
export const buildEtlImage = (): Promise<string> =>
  buildImage({ root, dockerfile: etlDockerfile, tag: 'etl-worker:test' });
export const buildWorkerImage = (): Promise<string> =>
  buildImage({ root, dockerfile: 'workers/Dockerfile', tag: 'etl-orchestrator:test' });
