import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { clientSettings } from '@etl/pipeline/awsClients';

/** Creates a decrypter of data keys with AWS KMS. The SDK's own environment variables configure the client. */
export function createDataKeyDecrypter(
  client = new KMSClient({ ...clientSettings('kms') }),
): (ciphertext: Uint8Array) => Promise<Buffer> {
  return async (ciphertext) => {
    const { Plaintext } = await client.send(new DecryptCommand({ CiphertextBlob: ciphertext }));
    return Buffer.from(Plaintext ?? []);
  };
}
