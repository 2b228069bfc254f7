// Converts a file in the image with 512 MiB of memory.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const memory = '512m';

/** Builds the image and converts the file in it. Throws if the conversion fails, for example without enough memory. */
export function convertInContainer(root, source, log) {
  const image = 'etl-worker:bench';
  const docker = (...args) => execFileSync('docker', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  log(`Building ${image} …`);
  docker('build', '--network', 'host', '-q', '-f', 'etl-image/Dockerfile', '-t', image, '.');
  const out = mkdtempSync(join(tmpdir(), 'etl-bench-'));
  chmodSync(out, 0o777); // the image runs as another user
  const variables = {
    INPUT_FILE: `file:///data/${basename(source)}`,
    ...{ OUTPUT_PREFIX: 'file:///out', BATCH_DATE: '2026-02-08', DATASET: 'ventas', RUN_ID: 'bench' },
    ...{ RUN_STARTED_AT: '2026-02-08T01:00:00Z', TIMEOUT_SECONDS: '86400' },
  };
  const environment = Object.entries(variables).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const limits = ['--memory', memory, '--memory-swap', memory, '--network', 'none'];
  const folders = ['-v', `${dirname(source)}:/data:ro`, '-v', `${out}:/out`];
  const started = Date.now();
  try {
    const output = docker('run', '--rm', ...limits, ...folders, ...environment, image);
    const { manifest } = JSON.parse(output.trim().split('\n').at(-1));
    const { peakMemoryMiB, cpuSeconds } = manifest.resources;
    const wallSeconds = (Date.now() - started) / 1000;
    return {
      where: `container, ${memory}`,
      bytes: statSync(source).size,
      wallSeconds,
      cpuSeconds,
      peakMiB: peakMemoryMiB,
    };
  } finally {
    docker(
      'run',
      '--rm',
      '--user',
      '0',
      '-v',
      `${out}:/out`,
      '--entrypoint',
      'rm',
      image,
      '-rf',
      '/out/ventas',
      '/out/_etl',
    );
    rmSync(out, { recursive: true, force: true });
  }
}
