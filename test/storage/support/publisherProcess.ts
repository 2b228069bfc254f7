import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Manifest } from '@etl/pipeline/manifest';

// Runs on the built packages, like every process: `npm run build` must precede the tests.
const program = `
const { publish } = require('@etl/storage/publish');
const { createFileStore } = require('@etl/storage/fileStore');
const { folders } = require('@etl/storage/folders');
const { projectionSettings } = require('@etl/storage/projection');
const { layout } = require('@etl/pipeline/layout');
const [destination, text, killAt] = process.argv.slice(1);
const manifest = JSON.parse(text);
const place = layout(destination, { dataset: 'ventas', batchDate: '2026-02-08', source: 'ventas_2026_02' });
let step = 0;
const counted = (target) => new Proxy(target, {
  get: (object, name) => (...args) => {
    if (step++ === Number(killAt)) process.kill(process.pid, 'SIGKILL');
    return object[name](...args);
  },
});
const settings = { ...projectionSettings, folders: counted(folders) };
publish(counted(createFileStore()), place, manifest, settings).then(
  ({ status }) => process.stdout.write(status),
  (error) => { console.error(error); process.exitCode = 1; },
);
`;

/** Starts a process that publishes the manifest, writes the status to stdout, and kills itself before its n-th step. */
export function startPublisher(
  destination: string,
  manifest: Manifest,
  killAt = -1,
): ChildProcessByStdio<null, Readable, null> {
  return spawn(process.execPath, ['-e', program, destination, JSON.stringify(manifest), String(killAt)], {
    cwd: join(__dirname, '..', '..', '..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
