import { createReadStream } from 'node:fs';
import { decoderOf } from '@etl/pipeline/csv/encoding';
import { type HeadInspection, headBytes } from '@etl/pipeline/csv/inspectHead';
import { splitRow, textOf } from '@etl/pipeline/csv/splitRow';

const maxRows = 1000;

/** Returns `,` if numbers in the head of a file have a decimal comma. @param columns indices of the columns of numbers */
export async function decimalMark(path: string, head: HeadInspection, columns: readonly number[]): Promise<'.' | ','> {
  if (head.compression !== 'none' || head.delimiter === ',') return '.';
  const pieces: Buffer[] = [];
  for await (const piece of createReadStream(path, { end: headBytes - 1 })) pieces.push(piece as Buffer);
  const text = Buffer.from(decoderOf(head.encoding)(Buffer.concat(pieces).subarray(head.bomBytes), true));
  let at = 0;
  for (let row = 0; row < maxRows && at < text.length; row++) {
    const { fields, next } = splitRow(text, at, head);
    const hasComma = columns.some((column) => {
      const field = fields[column];
      return field !== undefined && /^\s*-?\d*,\d+\s*$/.test(textOf(text, field, head.quote));
    });
    if (hasComma) return ',';
    at = next;
  }
  return '.';
}
