import { GetObjectCommand, HeadObjectCommand, type HeadObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { address } from './s3Address';
import { isUnexplained } from './s3Errors';

/** Calls HeadObject. Its response has no body, so the reason of a denied request is fetched with a GET of one byte. */
export async function headObject(client: S3Client, uri: string): Promise<HeadObjectCommandOutput> {
  try {
    return await client.send(new HeadObjectCommand(address(uri)));
  } catch (error) {
    if (!isUnexplained(error)) throw error;
    const response = await client.send(new GetObjectCommand({ ...address(uri), Range: 'bytes=0-0' }));
    await response.Body?.transformToByteArray();
    throw error;
  }
}
