import { command } from './processes';

/**
 * Builds the image of a Dockerfile and returns its id. What was built before comes from Docker's cache, so that of the tests
 * that want the same image only the first one has to wait. The tag stays: without one, the cache would lose the last layers.
 */
async function buildImage(dockerfile: string, tag: string): Promise<string> {
  // In a build too, npm may reach its registry only as this machine does.
  const built = await command('docker', ['build', '--network', 'host', '-q', '-f', dockerfile, '-t', tag, '.']);
  if (built.exitCode !== 0) throw new Error(`docker build -f ${dockerfile}: ${built.stderr}`);
  return built.stdout.trim();
}

export const buildEtlImage = (): Promise<string> => buildImage('etl-image/Dockerfile', 'etl-worker:test');
export const buildWorkerImage = (): Promise<string> => buildImage('workers/Dockerfile', 'etl-orchestrator:test');

/** The address under which containers of the default network reach this machine, and nobody outside of it. */
export async function bridgeAddress(): Promise<string> {
  const format = '{{(index .IPAM.Config 0).Gateway}}';
  const { exitCode, stdout, stderr } = await command('docker', ['network', 'inspect', 'bridge', '--format', format]);
  if (exitCode !== 0) throw new Error(`docker network inspect: ${stderr}`);
  return stdout.trim();
}

/** Removes the containers that carry a label, running or not. */
export async function removeContainers(label: string): Promise<void> {
  const { stdout } = await command('docker', ['ps', '-aq', '--filter', `label=${label}`]);
  const ids = stdout.split('\n').filter(Boolean);
  if (ids.length > 0) await command('docker', ['rm', '-f', '-v', ...ids]);
}
