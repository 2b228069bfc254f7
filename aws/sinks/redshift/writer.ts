import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import type { RedshiftSink } from '@etl/pipeline/sinks/redshift';
import type { SinkWriter } from '../../../activities/ports';
import { checkColumns } from './columns';
import { copyManifest } from './copyManifest';
import { DataApi, defaultWaits, type Waits } from './dataApi';
import { stateOf } from './outcome';
import { prepareTables } from './prepare';
import { targetOf } from './target';
import { loadSteps } from './transaction';

/**
 * Creates the writer of Redshift tables. `apply` prepares the tables and submits the load as one transaction. `poll`
 * returns the state of the transaction.
 */
export function createRedshiftSink(client: RedshiftDataClient, waits: Waits = defaultWaits): SinkWriter<RedshiftSink> {
  const api = new DataApi(client, waits);
  return {
    apply: async (commit, sink, call) => {
      const target = targetOf(commit, sink);
      checkColumns(commit.manifest.schema, target);
      const end = await prepareTables(api, commit, target, sink);
      if (end) return end;
      const manifest =
        commit.manifest.parts.length > 0 ? await call.store('copy-manifest.json', copyManifest(commit)) : '';
      const sqls = loadSteps(commit, sink, manifest).map(({ sql }) => sql);
      return { state: 'running', statement: await api.submit(sqls, sink, call.token) };
    },
    poll: (statement, commit, sink) => stateOf(api, statement, commit, sink),
    cancel: (statement) => api.cancel(statement),
  };
}
