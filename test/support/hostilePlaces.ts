import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileUri } from '@etl/lib/fileUri';
import type { AllowedPlaces } from '@etl/pipeline/allowedPlaces';

/** A raw and a clean base in a temporary folder, beside a secret and links to it. */
export class HostileWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'etl-places-'));
  readonly raw = fileUri(join(this.folder, 'raw'));
  readonly clean = fileUri(join(this.folder, 'clean'));
  readonly places: AllowedPlaces = { sources: [this.raw], destinations: [this.clean], rawBase: this.raw };

  constructor() {
    for (const name of ['raw/ventas', 'raw2', 'clean', 'secret', 'real-raw'])
      mkdirSync(join(this.folder, name), { recursive: true });
    const csv = 'id,total\n1,2.5\n';
    for (const name of ['raw/ventas/dia.csv', 'raw2/dia.csv', 'secret/dia.csv'])
      writeFileSync(join(this.folder, name), csv);
    const link = (name: string, target: string) => symlinkSync(target, join(this.folder, name));
    link('raw/link.csv', '../secret/dia.csv');
    link('raw/out', '../secret');
    link('raw/nowhere.csv', '../gone/dia.csv');
    link('raw/circle.csv', 'circle.csv');
    link('raw/inside.csv', 'ventas/dia.csv');
    link('clean/out', '../secret');
    link('clean/nowhere', '../gone');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Returns the URI of a path below the folder, with the given spelling. */
  at(path: string): string {
    return `file://${this.folder}/${path}`;
  }

  /** Spellings of files outside the raw base, as an event or an environment may name them. */
  get hostileFiles(): string[] {
    const upper = this.folder.toUpperCase();
    return [
      'file:///etc/passwd',
      'file:///proc/self/environ',
      's3://secret/dia.csv',
      `file://localhost${this.folder}/secret/dia.csv`,
      `file:///..${this.folder}/secret/dia.csv`,
      `file:///${this.folder}//secret//dia.csv`,
      `file://${upper}/RAW/ventas/dia.csv`,
      ...[
        ...['secret/dia.csv', 'raw/../secret/dia.csv', 'raw/./../secret/dia.csv', 'raw//..//secret/dia.csv'],
        ...['raw/%2e%2e/secret/dia.csv', 'raw/%2E./secret/dia.csv', 'raw%2F..%2Fsecret/dia.csv'],
        ...['raw/ventas/../../secret/dia.csv', 'raw2/dia.csv', 'raw./ventas/dia.csv', 'raw%20/ventas/dia.csv'],
        'RAW/ventas/dia.csv',
      ].map((path) => this.at(path)),
    ];
  }

  /** Links to files outside the raw base, which only the machine that reads them can detect. */
  get hostileLinks(): string[] {
    return ['raw/link.csv', 'raw/out/dia.csv', 'raw/nowhere.csv', 'raw/circle.csv', 'raw/ventas/../out/dia.csv'].map(
      (path) => this.at(path),
    );
  }

  /** Destinations that no event may publish to. */
  get hostileDestinations(): string[] {
    return [
      'file:///',
      'file:///tmp',
      's3://clean-data-lake',
      `file:///..${this.folder}/secret`,
      ...[
        ...['', 'secret', 'clean/../secret', 'clean/%2e%2e/secret', 'clean//../secret', 'clean2', 'clean.', 'CLEAN'],
        ...['raw', 'raw/', 'raw/ventas', 'clean/../raw', 'clean/%2E%2E/raw/ventas', 'clean/../'],
        ...['clean/_etl', 'clean/_etl/ventas', 'clean/ventas/batch_date=2026-02-08', 'clean/x/source=a/y'],
      ].map((path) => this.at(path)),
    ];
  }

  get hostileDestinationLinks(): string[] {
    return ['clean/out', 'clean/out/deep/er', 'clean/nowhere', 'clean/nowhere/deep'].map((path) => this.at(path));
  }
}

/** Buckets with prefixes: URIs outside them are rejected without a call to S3. */
export const buckets = {
  places: {
    sources: ['s3://raw-data-lake/in'],
    destinations: ['s3://clean-data-lake/out', 's3://clean-data-lake/others'],
    rawBase: 's3://raw-data-lake/in',
  } satisfies AllowedPlaces,
  hostileSources: [
    'file:///etc/passwd',
    'file:///raw-data-lake/in/dia.csv',
    's3://other-bucket/in/dia.csv',
    's3://raw-data-lake/dia.csv',
    's3://raw-data-lake/in2/dia.csv',
    's3://raw-data-lake/in./dia.csv',
    's3://raw-data-lake/IN/dia.csv',
    's3://raw-data-lake//in/dia.csv',
    's3://raw-data-lake/%69n/dia.csv',
    's3://raw-data-lake/in/../dia.csv',
    's3://raw-data-lake/in/./dia.csv',
    's3://raw-data-lake/in/..',
    's3://raw-data-lake.in/dia.csv',
    's3://raw-data-lake2/in/dia.csv',
  ],
  hostileDestinations: [
    'file:///tmp/lake',
    's3://another-bucket',
    's3://clean-data-lake',
    's3://clean-data-lake/out2',
    's3://clean-data-lake/OUT',
    's3://clean-data-lake//out',
    's3://clean-data-lake/out/..',
    's3://clean-data-lake/out/../others',
    's3://clean-data-lake/out/_etl',
    's3://clean-data-lake/out/ventas/batch_date=2026-02-08',
    's3://raw-data-lake',
    's3://raw-data-lake/in',
    's3://raw-data-lake/in/ventas',
  ],
  /** Malformed URIs. */
  nonsense: [
    'FILE:///etc/passwd',
    'S3://raw-data-lake/in/dia.csv',
    's3://RAW-DATA-LAKE/in/dia.csv',
    's3://raw-data-lake./in/d.csv',
    'file://host/etc/passwd',
    'http://169.254.169.254/latest',
    'file:///etc/passwd%00.csv',
  ],
};
