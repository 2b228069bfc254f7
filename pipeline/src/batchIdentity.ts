import { createHash } from 'node:crypto';
import { readableName, slug, stem } from '@etl/lib/names';
import { shownUri } from '@etl/lib/text/shownUri';
import { baseName, canonicalUri, pathBelow, segmentsOf } from '@etl/lib/uri';
import type { Batch } from './layout';

/** What an event declares about the identity of its batch. */
export interface DeclaredNames {
  readonly batchDate: string;
  readonly dataset?: string | undefined;
  readonly source?: string | undefined;
}

/**
 * Returns the batch of a source. Dataset: declared, else the folder the source lies in, else its stem. Source: declared,
 * else the stem alone for a file that lies at `<raw base>/<dataset>/<source>.csv`, else the stem and a hash of the
 * source's location. So two files never have the same undeclared name (docs/batches.md, "Which files are which batch"). Names are
 * made of what may be shown of an address: workflow IDs and paths have them.
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
 * Returns the batch that versions before 0.3.0 delivered a source as: different files may have the same one. A file whose
 * newest commit is there keeps it.
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
 * 12 hexadecimal digits. The batch date is taken out of the URI, so that a daily feed below a folder for each day has the
 * same source every day: the pieces beside it tell two locations of one day apart all the same.
 */
function locationHash(uri: string, batchDate: string): string {
  const [year, month, day] = batchDate.split('-');
  const spellings = ['-', '_', '/', ''].map((separator) => [year, month, day].join(separator));
  const pieces = JSON.stringify(splitBy(uri, batchDate === '' ? [] : spellings));
  return createHash('sha256').update(pieces).digest('hex').slice(0, 12);
}

/** Lists in lists: joined by the separators again they are the text, so that two texts never have the same pieces. */
type Pieces = string | readonly Pieces[];

function splitBy(text: string, [separator, ...rest]: readonly string[]): Pieces {
  return separator === undefined ? text : text.split(separator).map((piece) => splitBy(piece, rest));
}
