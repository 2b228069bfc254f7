import type { GlueClient } from '@aws-sdk/client-glue';
import { count } from '@etl/lib/amounts';
import type { GlueSink } from '@etl/pipeline/sinks/glue';
import type { SinkCall, SinkCommit, SinkState, SinkWriter } from '../../../activities/ports';
import { Catalog, noDatabase } from './catalog';
import { compared, partitionOf, valuesOf } from './partition';
import { checkProjected } from './projection';
import { checkTable, evolvedTable, newTable } from './table';
import { type Target, targetOf } from './target';
import { untilUnopposed } from './untilUnopposed';

/**
 * Creates the writer of the Glue Data Catalog. It creates the table, adds and widens columns, and points the partition
 * of the batch to the commit folder. It deletes nothing.
 */
export function createGlueSink(client: GlueClient): SinkWriter<GlueSink> {
  return {
    async apply(commit, sink, call) {
      const target = targetOf(commit, sink);
      checkProjected(target, commit);
      const catalog = new Catalog(client, target);
      return untilUnopposed(() => new Application(catalog, target, commit, call).run());
    },
    async check(sink, { name: dataset, destination }) {
      const target = targetOf({ batch: { dataset }, destination, manifest: { schema: [] } }, sink);
      const catalog = new Catalog(client, target);
      if (!(await catalog.hasDatabase())) throw noDatabase(target);
      const table = await catalog.table();
      if (!table) return `${target.name} does not exist yet: the first commit creates it`;
      checkTable(table, target);
      return `${target.name} has ${count(table.StorageDescriptor?.Columns?.length ?? 0, 'column')}`;
    },
  };
}

/** One cycle of reads and changes, each of which may be repeated. */
class Application {
  constructor(
    private readonly catalog: Catalog,
    private readonly target: Target,
    private readonly commit: SinkCommit,
    private readonly call: SinkCall,
  ) {}

  async run(): Promise<SinkState> {
    const { catalog, target, commit } = this;
    const table = await catalog.table();
    const partition = table && !target.sink.projection ? await catalog.partition(valuesOf(commit.batch)) : undefined;
    const standing = partition && compared(partition, commit);
    if (standing === 'newer') return superseded;
    if (standing === 'same') return this.applied();

    if (!table) {
      if (!(await this.change(() => catalog.createTable(newTable(target, commit))))) return superseded;
    } else {
      const evolved = evolvedTable(table, target, commit);
      if (evolved && !(await this.change(() => catalog.updateTable(evolved, table.VersionId)))) return superseded;
    }
    if (target.sink.projection) return this.applied();

    const input = partitionOf(commit);
    const put = () => (partition ? catalog.updatePartition(input) : catalog.createPartition(input));
    return (await this.change(put)) ? this.applied() : superseded;
  }

  /** Makes a change unless a newer commit exists, and returns whether it was made. */
  private async change(work: () => Promise<void>): Promise<boolean> {
    if (!(await this.call.mayProceed())) return false;
    await work();
    return true;
  }

  private applied(): SinkState {
    const { target, commit } = this;
    const place = target.sink.projection ? 'projected partition' : 'partition';
    return {
      state: 'applied',
      detail: `commit ${commit.number} is ${place} ${valuesOf(commit.batch).join('/')} of ${target.name}`,
    };
  }
}

const superseded: SinkState = { state: 'superseded' };
