import { ECSClient } from '@aws-sdk/client-ecs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { clientSettings } from '@etl/pipeline/awsClients';
import { standInCredentials, standInRegion } from '../../../local/ministack/server';

/** Creates clients of a stand-in. It does not check signatures, but the SDK needs credentials to sign requests. */
export function standInClients(endpoint: string) {
  const config = { endpoint, region: standInRegion, credentials: standInCredentials };
  const clients = {
    // Path style: a stand-in has no bucket subdomains.
    s3: new S3Client({ ...clientSettings('s3'), ...config, forcePathStyle: true }),
    sns: new SNSClient({ ...clientSettings('sns'), ...config }),
    sqs: new SQSClient({ ...clientSettings('sqs'), ...config }),
    ecs: new ECSClient({ ...clientSettings('ecs'), ...config }),
    lambda: new LambdaClient({ ...clientSettings('lambda'), ...config }),
    sfn: new SFNClient({ ...clientSettings('sfn'), ...config }),
  };
  return { ...clients, destroy: () => Object.values(clients).forEach((client) => void client.destroy()) };
}

export type Clients = ReturnType<typeof standInClients>;
