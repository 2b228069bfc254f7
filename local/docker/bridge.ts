import { isPortFree } from '../freePort';
import { docker } from './docker';

/**
 * The address to listen on for containers of Docker's default network, and nobody outside of this machine. Throws
 * `DockerError`.
 */
export async function addressForContainers(): Promise<string> {
  // A daemon that found its bridge there already may not say its address: it is the subnet's first.
  const format = '{{with index .IPAM.Config 0}}{{.Gateway}}|{{.Subnet}}{{end}}';
  const [gateway = '', subnet = ''] = (await docker(['network', 'inspect', 'bridge', '--format', format])).split('|');
  for (const address of [gateway, firstAddress(subnet)]) if (await isOurs(address)) return address;
  // Docker Desktop's bridge is in a machine of its own, which forwards `host.docker.internal` to 127.0.0.1.
  return '127.0.0.1';
}

const firstAddress = (subnet: string): string => subnet.replace(/\d+\/\d+$/, '1');

/** By trying: an interface that nobody is connected to is not among those that Node lists. */
const isOurs = async (address: string): Promise<boolean> => address !== '' && isPortFree(0, address);
