import { docker } from './docker';

/**
 * Removes the containers with a label, running or not, and their volumes.
 * @throws DockerError
 */
export async function removeContainers(label: string): Promise<void> {
  const ids = (await docker(['ps', '-aq', '--filter', `label=${label}`])).split('\n').filter(Boolean);
  if (ids.length > 0) await docker(['rm', '-f', '-v', ...ids]);
}
