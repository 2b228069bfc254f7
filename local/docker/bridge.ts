import { isPortFree } from '../freePort';
import { docker } from './docker';

/**
 * Returns the address to listen on for containers of Docker's default network, unreachable from outside this machine.
 * @throws DockerError
 */
export async function addressForContainers(): Promise<string> {
  // A daemon that finds an existing bridge may omit its gateway, which is the first address of the subnet.
  const format = '{{with index .IPAM.Config 0}}{{.Gateway}}|{{.Subnet}}{{end}}';
  const [gateway = '', subnet = ''] = (await docker(['network', 'inspect', 'bridge', '--format', format])).split('|');
  for (const address of [gateway, firstAddress(subnet)]) if (await isOurs(address)) return address;
  // Docker Desktop's bridge is in a virtual machine, which forwards `host.docker.internal` to 127.0.0.1.
  return '127.0.0.1';
}

const firstAddress = (subnet: string): string => subnet.replace(/\d+\/\d+$/, '1');

/**
 * Returns whether this machine has the address, by listening on it: Node does not list an interface without
 * connections.
 */
const isOurs = async (address: string): Promise<boolean> => address !== '' && isPortFree(0, address);
