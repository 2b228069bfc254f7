import { docker } from './docker';

/** Removes the containers that carry a label, running or not, with their volumes. Throws `DockerError`. */
export async function removeContainers(label: string): Promise<void> {
  const ids = (await docker(['ps', '-aq', '--filter', `label=${label}`])).split('\n').filter(Boolean);
  if (ids.length > 0) await docker(['rm', '-f', '-v', ...ids]);
}
