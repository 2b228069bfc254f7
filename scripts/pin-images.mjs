// node scripts/pin-images.mjs             records the current digest of every image
// node scripts/pin-images.mjs --release   prints the variables of a release; fails if a digest is missing
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/ensure-installed.mjs';
import { imagesNamed, lock, recordedDigests } from './lib/images.mjs';

const images = imagesNamed();

if (process.argv.includes('--release')) {
  const digests = recordedDigests();
  const missing = [...new Set(images.map(({ image }) => image))].filter((image) => !digests[image]);
  if (missing.length > 0) {
    console.error(`error: no digest is recorded for ${missing.join(', ')}`);
    console.error(
      'Run node scripts/pin-images.mjs on a machine that can reach the registries, and commit images.lock.json',
    );
    process.exit(1);
  }
  const variables = images.filter(({ variable }) => variable).map(({ variable, image }) => [variable, image]);
  for (const [variable, image] of new Map(variables)) console.log(`${variable}=${image}@${digests[image]}`);
} else {
  const digests = Object.fromEntries(
    [...new Set(images.map(({ image }) => image))].sort().map((image) => [image, digestOf(image)]),
  );
  writeFileSync(join(root, lock), `${JSON.stringify(digests, null, 2)}\n`);
}

/** Returns the digest of the multi-platform index, which serves all platforms. */
function digestOf(image) {
  const args = ['buildx', 'imagetools', 'inspect', image, '--format', '{{json .Manifest.Digest}}'];
  const digest = JSON.parse(execFileSync('docker', args, { encoding: 'utf8' }));
  console.log(`${image}@${digest}`);
  return digest;
}
