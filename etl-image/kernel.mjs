// Copies the committed kernel.wasm to dist/, where the program loads it. Compiles it first if its sources have changed:
// kernel.sha256 has the checksums of the kernel and of the sources that it was compiled from.
//   --compile   compiles it in any case
//   --check     changes nothing, compiles, and fails if the result differs from the committed file
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const image = dirname(fileURLToPath(import.meta.url));
const [kernel, checksums] = [join(image, 'kernel.wasm'), join(image, 'kernel.sha256')];
const built = join(image, 'dist', 'kernel.wasm');

if (process.argv.includes('--check')) {
  if (!hasCurrentChecksums() || !(await compiled()).equals(readFileSync(kernel))) {
    process.stderr.write('error: etl-image/kernel.wasm is out of date\nRun npm run generate\n');
    process.exitCode = 1;
  }
} else {
  if (process.argv.includes('--compile') || !hasCurrentChecksums()) {
    writeFileSync(kernel, await compiled());
    writeFileSync(checksums, currentChecksums());
  }
  mkdirSync(dirname(built), { recursive: true });
  copyFileSync(kernel, built);
}

function hasCurrentChecksums() {
  return existsSync(kernel) && existsSync(checksums) && readFileSync(checksums, 'utf8') === currentChecksums();
}

/** Returns the checksums in the format of sha256sum, of which an image build checks them. */
function currentChecksums() {
  const sources = readdirSync(join(image, 'assembly')).sort();
  return ['kernel.wasm', 'asconfig.json', ...sources.map((name) => `assembly/${name}`)]
    .map(
      (file) =>
        `${createHash('sha256')
          .update(readFileSync(join(image, file)))
          .digest('hex')}  ${file}\n`,
    )
    .join('');
}

/** Compiles the sources and returns the kernel. Installs the compiler if it is missing. */
async function compiled() {
  // Imported late, because the build of the image has neither these scripts nor the compiler.
  const { ensurePackages, root } = await import('../scripts/lib/ensure-installed.mjs');
  const compiler = join(root, 'test', 'node_modules', 'assemblyscript', 'bin', 'asc.js');
  if (!existsSync(compiler)) ensurePackages('test');
  const folder = mkdtempSync(join(tmpdir(), 'etl-kernel-'));
  try {
    const outFile = join(folder, 'kernel.wasm');
    const args = [compiler, '--config', 'asconfig.json', '--outFile', outFile];
    execFileSync(process.execPath, args, { cwd: image, stdio: ['ignore', 'inherit', 'inherit'] });
    return readFileSync(outFile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
