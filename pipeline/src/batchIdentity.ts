import { createHash } from 'node:crypto';
import { readableName, slug, stem } from '@etl/lib/names';
import { shownUri } from '@etl/lib/text/shownUri';
import { baseName, canonicalUri, pathBelow, segmentsOf } from '@etl/lib/uri';
import type { Batch } from './layout';

/** Identity of a batch as an event declares it. */
export interface DeclaredNames {
  readonly batchDate: string;
  readonly dataset?: string | undefined;
  readonly source?: string | undefined;
}

/**
 * Returns the batch of a source. Dataset: the declared one, else the source's folder, else its stem. Source: the
 * declared one, else the stem alone for a file at `<raw base>/<dataset>/<source>.csv`, else the stem and a hash of the
 * source's location. Two files therefore never share an undeclared name (docs/batches.md, "Which files are which
 * batch"). Names contain only the shareable part of an address, because workflow IDs and paths contain them.
 */
export function resolveBatch(declared: DeclaredNames, sourceUri: string, rawBase: string | undefined): Batch {
  const uri = canonicalUri(sourceUri) ?? shownUri(sourceUri);
  const name = readableName(stem(baseName(uri)));
  const dataset = declared.dataset ?? readableName(segmentsOf(uri).at(-2) ?? name);
  const isPlain =
    rawBase !== undefined && pathBelow(rawBase, uri) === `${dataset}/${name}.csv` && !/-[0-9a-f]{12}$/.test(name);
  const source = declared.source ?? (isPlain ? name : `${name}-${locationHash(uri, declared.batchDate)}`);
  return { dataset, batchDate: declared.batchDate, source };
}

/**
 * Returns the batch under which versions before 0.3.0 delivered a source. Different files may share it. A file whose
 * newest commit has that batch keeps it.
 */
export function legacyBatch(declared: DeclaredNames, sourceUri: string): Batch {
  const name = slug(stem(baseName(sourceUri)));
  const folder = segmentsOf(sourceUri).at(-2);
  return {
    dataset: declared.dataset ?? (folder ? slug(folder) : name),
    batchDate: declared.batchDate,
    source: declared.source ?? name,
  };
}

/**
 * Returns 12 hexadecimal digits. Removes the batch date from the URI, so that a daily feed in one folder per day keeps
 * its source name. The pieces around the date still distinguish two locations of one day.
 */
function locationHash(uri: string, batchDate: string): string {
  const [year, month, day] = batchDate.split('-');
  const spellings = ['-', '_', '/', ''].map((separator) => [year, month, day].join(separator));
  const pieces = JSON.stringify(splitBy(uri, batchDate === '' ? [] : spellings));
  return createHash('sha256').update(pieces).digest('hex').slice(0, 12);
}

/**
 * Nested lists of pieces. Joining them with the separators restores the text, so two texts never have the same pieces.
 */
type Pieces = string | readonly Pieces[];

function splitBy(text: string, [separator, ...rest]: readonly string[]): Pieces {
  return separator === undefined ? text : text.split(separator).map((piece) => splitBy(piece, rest));
}
