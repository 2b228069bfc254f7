import { CreateClusterCommand, ECSClient } from '@aws-sdk/client-ecs';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { clientConfig, s3With } from '../../support/awsTestClients';
import { buildEtlImage } from '../../support/docker';
import { startTestMinistack } from '../../support/ministack';
import { readS3Batch } from '../../support/s3Batch';
import type { World } from '../world';

const bucket = 'lake';

/** ministack with Docker, and with its own S3 as the lake. */
export async function startMinistackWorld(): Promise<World> {
  const etlImage = await buildEtlImage();
  const ministack = await startTestMinistack();
  const s3 = await s3With(ministack.endpoint, bucket);
  const client = new ECSClient(clientConfig(ministack.endpoint));
  const cluster = 'etl';
  await client.send(new CreateClusterCommand({ clusterName: cluster }));
  return {
    name: 'ministack',
    client,
    cluster,
    anyImage: 'node:24-bookworm-slim',
    etlImage,
    lake: {
      // ministack passes tasks its address, and credentials that the SDK accepts only from a loopback address.
      environment: { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' },
      destination: `s3://${bucket}`,
      async put(name, content) {
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `in/${name}`, Body: content }));
        return `s3://${bucket}/in/${name}`;
      },
      rows: (batch) => readS3Batch(s3, bucket, batch),
    },
    async stop() {
      client.destroy();
      s3.destroy();
      await ministack.stop();
    },
  };
}
