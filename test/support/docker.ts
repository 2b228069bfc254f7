import { buildImage, etlDockerfile } from '../../local/docker/images';
import { root } from './processes';

/**
 * Of the tests that want the same image only the first one has to wait: what was built before comes from Docker's cache. The
 * tags are those that scripts/lib/test-tools.mjs builds beforehand.
 */
export const buildEtlImage = (): Promise<string> =>
  buildImage({ root, dockerfile: etlDockerfile, tag: 'etl-worker:test' });
export const buildWorkerImage = (): Promise<string> =>
  buildImage({ root, dockerfile: 'workers/Dockerfile', tag: 'etl-orchestrator:test' });
