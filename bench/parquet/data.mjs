// One chunk of CSV with the columns that exports have: about 100 bytes a row.
import { createWriteStream } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { root } from '../../scripts/lib/ensure-installed.mjs';

export const header = [
  'id',
  'order_date',
  'due_date',
  'shop',
  'product',
  'quantity',
  'amount',
  'share',
  'paid',
  'note',
];
const words = ['entrega', 'mañana', 'urgente', 'cliente', 'llamar', 'antes', 'pedido', 'revisar', 'caja', 'nº'];
const linesPerWrite = 20_000;

export async function writeChunk(path, rows) {
  const { generator } = createRequire(join(root, 'package.json'))('@etl/lib/random');
  const random = generator(20260208);
  const below = (bound) => Math.floor(random() * bound);
  const out = createWriteStream(path);
  const start = Date.UTC(2026, 1, 8);
  let lines = `${header.join(',')}\n`;
  for (let row = 1; row <= rows; row++) {
    const at = new Date(start + below(86_400 * 28) * 1000).toISOString();
    const cents = below(5_000_000);
    const note = Array.from({ length: 3 }, () => words[below(words.length)]).join(' ');
    const fields = [
      1_000_000 + row,
      `${at.slice(0, 10)} ${at.slice(11, 19)}`,
      at.slice(0, 10),
      `Tienda ${below(40)}`,
      `Producto ${below(2000)}`,
      random() < 0.02 ? '' : 1 + below(12),
      `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`,
      random() < 0.01 ? '' : (random() - 0.5).toFixed(9),
      random() < 0.5 ? 'true' : 'false',
      `${note} ${below(1_000_000)}`,
    ];
    lines += `${fields.join(',')}\n`;
    if (row % linesPerWrite === 0 || row === rows) {
      out.write(lines);
      lines = '';
    }
  }
  out.end();
  await finished(out);
}
