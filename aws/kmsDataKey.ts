import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { clientSettings } from '@etl/pipeline/awsClients';

/** Decrypts data keys with AWS KMS; the SDK's own variables set the client up. */
export function createDataKeyDecrypter(
  client = new KMSClient({ ...clientSettings('kms') }),
): (ciphertext: Uint8Array) => Promise<Buffer> {
  return async (ciphertext) => {
    const { Plaintext } = await client.send(new DecryptCommand({ CiphertextBlob: ciphertext }));
    return Buffer.from(Plaintext ?? []);
  };
}
