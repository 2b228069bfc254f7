import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { generator } from '@etl/lib/random';

/** Counts of the defects in a generated file, which a loader has to find. */
export interface SalesCounts {
  readonly rows: number;
  /** Rows whose fields are all empty. */
  readonly blank: number;
  /** Rows with too few fields. */
  readonly ragged: number;
  /** Values in a date column that are not dates. */
  readonly badDates: number;
}

const header = 'ID Venta,Fecha Venta,Tienda,Código Postal,Producto,Cantidad,Precio Unitario,Total,Cliente,Notas';
const shops = ['Madrid Centro', 'Sevilla', 'Bilbao', 'A Coruña', 'Málaga', 'Logroño'];
const postcodes = ['28013', '41001', '48001', '15001', '29001', '08001', '01001', '07001'];
const products = ['Café molido', 'Té verde', 'Azúcar', 'Aceite de oliva', 'Jamón "ibérico"', 'Pan, integral', 'Leche'];
const people = ['Ana Peña', 'José Núñez', 'María López', 'Íñigo Ruiz', 'Lucía Gómez', 'Pau Vidal'];
const notes = ['', '', '', '', 'entregado', 'llamar antes, por favor', 'dijo "mañana"', 'primera línea\nsegunda línea'];
const badDates = ['pendiente', '31/02/2026', 's/f'];

const seed = 20260208;
const linesPerWrite = 20_000;

/**
 * Returns the path of the sample below the folder, and generates it if absent. Written to a draft and renamed, so that
 * it is never partial.
 */
export async function ensureSalesSample(folder: string, rows: number): Promise<string> {
  const target = join(folder, `ventas_2026_02_${rows}.csv`);
  if (await stat(target).catch(() => undefined)) return target;
  await mkdir(folder, { recursive: true });
  const draft = `${target}.draft`;
  await writeSalesSample(draft, rows);
  await rename(draft, target);
  return target;
}

/**
 * Writes `rows` rows of sales with the defects of real files: quoted delimiters, quotes and line ends, day-first dates
 * and some invalid ones, `NA`, leading zeros, blank rows, rows with too few fields. The rows are always the same.
 */
export async function writeSalesSample(path: string, rows: number): Promise<SalesCounts> {
  const out = createWriteStream(path, { highWaterMark: 8 << 20 });
  const counts = { rows, blank: 0, ragged: 0, badDates: 0 };
  const random = generator(seed);
  let lines = `${header}\n`;
  for (let id = 1; id <= rows; id++) {
    lines += `${saleLine(id, random, counts)}\n`;
    if (id % linesPerWrite === 0 || id === rows) {
      if (!out.write(lines)) await once(out, 'drain');
      lines = '';
    }
  }
  out.end();
  await once(out, 'finish');
  return counts;
}

function saleLine(
  id: number,
  random: () => number,
  counts: { blank: number; ragged: number; badDates: number },
): string {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const dirt = random();
  if (dirt < 0.001) {
    counts.blank++;
    return ',,,,,,,,,';
  }
  if (dirt < 0.0012) {
    counts.ragged++;
    return `${id},${salesDate(random)},${pick(shops)}`;
  }
  const bad = dirt < 0.0017;
  if (bad) counts.badDates++;
  const date = bad ? pick(badDates) : salesDate(random);
  const quantity = 1 + Math.floor(random() * 12);
  const cents = 50 + Math.floor(random() * 9950);
  return [
    String(id),
    date,
    pick(shops),
    pick(postcodes),
    quoted(pick(products)),
    random() < 0.002 ? 'NA' : String(quantity),
    decimal(cents),
    decimal(cents * quantity),
    pick(people),
    quoted(pick(notes)),
  ].join(',');
}

function salesDate(random: () => number): string {
  const day = 1 + Math.floor(random() * 28);
  return `${String(day).padStart(2, '0')}/02/2026`;
}

const decimal = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
