// Generates orders: every thousandth row repeats the key of an earlier one.
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/** Of the orders, in rows. A repeated key is this many rows after the first one, which is in another part. */
const distance = 600_000;
/** Maps numbers below 2^31 to different numbers: an odd factor has an inverse. */
const scrambled = (number) => (Math.imul(number, 0x2545f491) & 0x7fffffff).toString(36).padStart(6, '0');

/** Returns the number of rows that repeat a key in a file of this many rows. */
export function repeatsIn(rows) {
  return Math.max(0, Math.floor(rows / 1000) - Math.floor(distance / 1000));
}

/** Returns the path of a file of this many rows: order, amount and shop. */
export async function makeOrders(folder, rows, log) {
  const path = join(folder, `orders-${rows}.csv`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  log(`Generating ${path} (once) …`);
  const out = createWriteStream(`${path}.draft`, { highWaterMark: 1 << 22 });
  let lines = ['order,amount,shop'];
  for (let row = 1; row <= rows; row++) {
    const number = row % 1000 === 0 && row > distance ? row - distance + 1 : row;
    lines.push(`${scrambled(number)}-${number % 9},${row % 10_000}.5,shop ${row % 300}`);
    if (lines.length < 50_000 && row < rows) continue;
    if (!out.write(`${lines.join('\n')}\n`)) await once(out, 'drain');
    lines = [];
  }
  out.end();
  await once(out, 'close');
  renameSync(`${path}.draft`, path);
  return path;
}
