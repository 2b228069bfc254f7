import { type Batch, layout } from '@etl/pipeline/layout';
import { type SinkCommit, SinkError } from '../../../activities/ports';
import { asFolder, type Target } from './target';

const enabled = 'projection.enabled';

/**
 * Returns the parameters with which Athena and Trino compute the partitions of a table, in the published folders.
 * The range ends one day after `NOW`, which is in UTC: time zones ahead of UTC already have the next date.
 * @see Amazon Athena User Guide, "Supported types for partition projection"
 */
export function projectionParameters({ dataset, destination, keys, sink }: Target): Record<string, string> {
  if (!sink.projection) return {};
  const { from, sources } = sink.projection;
  const placeholders: Batch = { dataset, batchDate: `\${${keys.batchDate}}`, source: `\${${keys.source}}` };
  return {
    [enabled]: 'true',
    [`projection.${keys.batchDate}.type`]: 'date',
    [`projection.${keys.batchDate}.format`]: 'yyyy-MM-dd',
    [`projection.${keys.batchDate}.range`]: `${from},NOW+1DAY`,
    [`projection.${keys.batchDate}.interval`]: '1',
    [`projection.${keys.batchDate}.interval.unit`]: 'DAYS',
    [`projection.${keys.source}.type`]: sources ? 'enum' : 'injected',
    ...(sources && { [`projection.${keys.source}.values`]: sources.join(',') }),
    'storage.location.template': asFolder(layout(destination, placeholders).published),
  };
}

/**
 * Checks that the projection includes a batch.
 * @throws SinkError if it does not, because queries would not see the batch
 */
export function checkProjected({ name, sink: { projection } }: Target, { batch }: SinkCommit): void {
  if (!projection) return;
  if (batch.batchDate < projection.from)
    throw new SinkError(
      `${name}: batch date ${batch.batchDate} is before projection.from, ${projection.from}. Set an earlier date.`,
    );
  if (projection.sources && !projection.sources.includes(batch.source))
    throw new SinkError(`${name}: source ${batch.source} is not in projection.sources. Add it.`);
}

/** Returns whether engines ignore the registered partitions of a table. */
export const isProjected = (parameters: Readonly<Record<string, string>> | undefined): boolean =>
  parameters?.[enabled]?.toLowerCase() === 'true';
