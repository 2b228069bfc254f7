import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';

/** A lake in a separate folder, which the functions find through their environment. */
export class TemporaryLake {
  readonly folder = mkdtempSync(join(tmpdir(), 'etl-lambda-'));
  readonly raw = fileUri(join(this.folder, 'raw'));
  readonly clean = fileUri(join(this.folder, 'clean'));
  private readonly before = { raw: process.env.S3_RAW_BUCKET, clean: process.env.S3_CLEAN_BUCKET };

  constructor() {
    process.env.S3_RAW_BUCKET = this.raw;
    process.env.S3_CLEAN_BUCKET = this.clean;
  }

  /** Writes a file below the raw folder. */
  put(key: string, text: string): void {
    const path = join(this.folder, 'raw', key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  remove(): void {
    restore('S3_RAW_BUCKET', this.before.raw);
    restore('S3_CLEAN_BUCKET', this.before.clean);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

export const aRun = { workflowId: 'arn:aws:states:…:run-1', runId: 'run-1', startedAt: '2026-02-08T01:00:00.000Z' };

/** Options too long for an override. */
export const manyColumns = Object.fromEntries(
  Array.from({ length: 400 }, (_, index) => [`column_${index}`, 'text' as const]),
);
