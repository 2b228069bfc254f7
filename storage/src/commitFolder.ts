import { createHash } from 'node:crypto';
import type { Manifest } from '@etl/pipeline/manifest';

/**
 * Returns the name of the folder that contains exactly the parts of a commit. It depends on their content, so the folder
 * never changes, although a redriven execution may commit again under the same run ID.
 */
export function commitFolderName({ runId, parts }: Pick<Manifest, 'runId' | 'parts'>): string {
  const content = parts.map(({ file, sha256 }) => `${file} ${sha256}`).join('\n');
  return `${runId}-${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;
}
