import type { Manifest } from '@etl/pipeline/manifest';
import type { RunStatus } from '@etl/pipeline/runStatus';

const barWidth = 24;

/** Shows what a run is doing: one line that changes on a terminal, a line per change elsewhere. */
export function createStatusLine(out: NodeJS.WriteStream) {
  const terminal = out.isTTY === true;
  let last = '';
  return {
    show(status: RunStatus): void {
      const line = describeStatus(status, terminal);
      if (line === last) return;
      last = line;
      out.write(terminal ? `\r\x1b[K${line}` : `${line}\n`);
    },
    end(): void {
      if (terminal && last !== '') out.write('\r\x1b[K');
      last = '';
    },
  };
}

export type StatusLine = ReturnType<typeof createStatusLine>;

/** `transform (launch 1) 42 %, 1,000,000 rows, 2 parts`, with a bar on a terminal. */
export function describeStatus(status: RunStatus, withBar: boolean): string {
  const { progress } = status;
  const launch = status.generation === undefined ? '' : ` (launch ${status.generation})`;
  const facts = [`${status.step}${launch}`];
  if (progress && status.step === 'transform') {
    const share = progress.bytesTotal > 0 ? Math.min(1, progress.bytesRead / progress.bytesTotal) : 0;
    if (withBar) facts.push(`[${'#'.repeat(Math.round(share * barWidth)).padEnd(barWidth, '-')}]`);
    facts.push(`${Math.floor(share * 100)} %, ${count(progress.rowsRead, 'row')}, ${count(progress.parts, 'part')}`);
  }
  if (status.note) facts.push(`- ${status.note}`);
  return facts.join(' ');
}

/** What a delivered batch consists of, for people. */
export function describeManifest(manifest: Manifest, published: string): string[] {
  const { rowsRead, rowsWritten, rowsBlank, rowsRejected, datesCoerced } = manifest.totals;
  return [
    `Rows:   ${number(rowsRead)} read = ${number(rowsWritten)} written + ${number(rowsBlank)} blank + ${number(rowsRejected)} rejected` +
      (datesCoerced > 0 ? ` (${count(datesCoerced, 'date')} coerced to null)` : ''),
    `Parts:  ${manifest.parts.map((part) => `${part.file} (${number(part.rows)} rows, ${megabytes(part.bytes)})`).join(', ')}`,
    `Where:  ${published}`,
    ...manifest.warnings.slice(0, 10).map((warning) => `Note:   ${warning}`),
  ];
}

const number = (value: number): string => value.toLocaleString('en-US');
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

export function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`;
}
