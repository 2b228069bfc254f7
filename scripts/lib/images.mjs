// The images that the repository pulls, and the variables by which a release pins them to digests.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './ensure-installed.mjs';

const read = (file) => readFileSync(join(root, file), 'utf8');

/** Returns whether an image is built from this repository instead of being pulled. */
const isOurs = (image) => /(^|\/)(etl-worker|etl-orchestrator):/.test(image);

/** Returns each pulled image: its reference, the file that names it, and the variable that replaces it. */
export function imagesNamed() {
  const dockerfiles = ['etl-image/Dockerfile', 'workers/Dockerfile'].flatMap((file) => {
    const stages = [...read(file).matchAll(/^FROM \S+ AS (\S+)/gm)].map(([, stage]) => stage);
    return [
      ...[...read(file).matchAll(/^ARG (\w+_IMAGE)=(\S+)$/gm)].map(([, variable, image]) => ({
        file,
        variable,
        image,
      })),
      ...[...read(file).matchAll(/^FROM (\S+)/gm)]
        .filter(([, image]) => !image.startsWith('${') && !stages.includes(image))
        .map(([, image]) => ({ file, image })),
    ];
  });
  const compose = [...read('docker-compose.yml').matchAll(/^\s+image: (?:\$\{(\w+):-)?([^\s}]+)/gm)].map(
    ([, variable, image]) => ({ file: 'docker-compose.yml', variable, image }),
  );
  const { etl, sidecars } = JSON.parse(read('samples/task-definition.json'));
  const sample = [etl, ...sidecars].map(({ image }) => ({ file: 'samples/task-definition.json', image }));
  return [...dockerfiles, ...compose, ...sample].filter(({ image }) => !isOurs(image));
}

/** File with the digest of each image reference; null for a digest that is not recorded yet. */
export const lock = 'images.lock.json';
export const recordedDigests = () => JSON.parse(read(lock));
