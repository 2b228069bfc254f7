import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ECSClient } from '@aws-sdk/client-ecs';
import { startEcsEndpoint } from '@etl/fargate/endpoint';
import { fileUri } from '@etl/lib/fileUri';
import { clientConfig } from '../../support/awsTestClients';
import { readBatch } from '../../support/parquet';
import { root } from '../../support/processes';
import type { World } from '../world';

/** The local Fargate, on a free port, with files as its lake. */
export async function startLocal(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'etl-conformance-'));
  const [cluster, anyImage, etlImage] = ['etl', 'any:1', 'etl-worker:1'];
  const endpoint = await startEcsEndpoint({
    port: 0,
    stateDir: join(folder, 'state'),
    clusters: [cluster],
    // The suite registers more definitions than ECS takes in so short a time.
    rateLimits: false,
    // Runs the command it is given, as the entry point of the Node image does.
    images: { [anyImage]: ['/usr/bin/env'], [etlImage]: [process.execPath, join(root, 'etl-image/dist/main.js')] },
  });
  const client = new ECSClient(clientConfig(endpoint.url));
  const lake = join(folder, 'lake');
  return {
    name: 'local',
    client,
    cluster,
    anyImage,
    etlImage,
    lake: {
      environment: {},
      destination: fileUri(lake),
      async put(name, content) {
        await mkdir(lake, { recursive: true });
        await writeFile(join(lake, name), content);
        return fileUri(join(lake, name));
      },
      rows: (batch) => readBatch(join(lake, batch)),
    },
    async stop() {
      await endpoint.stopAllTasks('the test is over');
      client.destroy();
      await endpoint.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
