// Generates the data once: sales with typical data errors (local/samples/ventas.ts), 86 bytes a row.
import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const rowsPerGigabyte = 12_000_000;

/** Returns the path of a file of about this many gigabytes (10^9 bytes), which repeats the rows of the first gigabyte. */
export async function makeData(root, folder, gigabytes, log) {
  const path = join(folder, `sales-${gigabytes}GB.csv`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  log(`Generating ${path} (once) …`);
  const draft = `${path}.draft`;
  if (gigabytes <= 1) {
    const { writeSalesSample } = createRequire(join(root, 'package.json'))('./dist/local/samples/ventas.js');
    await writeSalesSample(draft, Math.round(rowsPerGigabyte * gigabytes));
  } else {
    const first = await makeData(root, folder, 1, log);
    const header = headerBytes(first);
    for (let copy = 0; copy < gigabytes; copy++) {
      const source = createReadStream(first, { start: copy === 0 ? 0 : header, highWaterMark: 1 << 22 });
      await pipeline(source, createWriteStream(draft, { flags: copy === 0 ? 'w' : 'a' }));
    }
  }
  renameSync(draft, path);
  log(`${path}: ${(statSync(path).size / 1e9).toFixed(2)} GB`);
  return path;
}

/** Returns the length of the first line in bytes. Only the first copy has this line. */
function headerBytes(path) {
  const file = openSync(path);
  const head = Buffer.alloc(4096);
  readSync(file, head);
  closeSync(file);
  return head.indexOf('\n') + 1;
}
