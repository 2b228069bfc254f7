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
  const { exitCode, stdout, stderr } = await command('docker', ['network', 'inspect', 'bridge']);
  if (exitCode !== 0) throw new Error(`docker network inspect: ${stderr}`);
  const [bridge] = JSON.parse(stdout) as { IPAM: { Config: { Gateway?: string; Subnet: string }[] } }[];
  const { Gateway, Subnet = '' } = bridge?.IPAM.Config[0] ?? {};
  // A daemon that found its bridge made already may name the subnet alone, of which Docker takes the first address.
  const address = Gateway ?? Subnet.replace(/\.0\/\d+$/, '.1');
  if (!/^[\d.]+$/.test(address)) throw new Error(`no address of Docker's bridge in ${stdout}`);
  return address;
}

/** Removes the containers that carry a label, running or not. */
export async function removeContainers(label: string): Promise<void> {
  const { stdout } = await command('docker', ['ps', '-aq', '--filter', `label=${label}`]);
  const ids = stdout.split('\n').filter(Boolean);
  if (ids.length > 0) await command('docker', ['rm', '-f', '-v', ...ids]);
}
