import { createHash } from 'node:crypto';
import { slug } from '@etl/lib/names';
import { shownUri } from '@etl/lib/text/shownUri';
import { parseUri } from '@etl/lib/uri';
import type { BatchRequest } from '@etl/pipeline/batch/request';

const maxLength = 80;

/**
 * Returns the workflow ID of a batch started by command. The ID allows one batch at a time for the same files and days.
 */
export function batchId(kind: 'batch' | 'backfill', request: BatchRequest): string {
  const { batchDate, from, to } = request;
  return `${kind}/${nameOf(request)}/${batchDate ?? `${from}_${to}`}`;
}

/** Returns the bucket and prefix, or the folder, with the glob for names. A long name is cut to its end and a hash. */
function nameOf({ prefix, match, dataset }: BatchRequest): string {
  if (prefix === undefined) return dataset ?? '';
  const location = parseUri(prefix);
  const place = location?.kind === 's3' ? `${location.bucket}/${location.key}` : (location?.path ?? shownUri(prefix));
  const whole = `${place}${match === undefined ? '' : `/${match}`}`;
  const name = slug(whole.slice(-maxLength));
  if (whole.length <= maxLength) return name;
  return `${name}-${createHash('sha256').update(whole).digest('hex').slice(0, 8)}`;
}
