import { CreateKeyCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { createDataKeyDecrypter } from '../../aws/kmsDataKey';
import { type KeySpec, readKeySpecs } from '../../config/payloads/keySpecs';
import { loadKeys } from '../../config/payloads/loadKeys';
import { type Moto, startMoto } from '../support/moto';

const withMoto = process.env.ETL_TEST_MOTO ? test : test.skip;
let moto: Moto | undefined;
afterAll(() => moto?.stop());

withMoto(
  'decrypts a key that KMS has encrypted and rejects any other ciphertext',
  async () => {
    moto = await startMoto();
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new KMSClient({ endpoint: moto.endpoint, region: 'us-east-1', credentials });
    try {
      const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
      const bytes = Buffer.alloc(32, 7);
      const { CiphertextBlob = new Uint8Array() } = await client.send(
        new EncryptCommand({ KeyId: KeyMetadata?.KeyId, Plaintext: bytes }),
      );
      const specsOf = (ciphertext: Uint8Array) =>
        readKeySpecs(`a:kms:${Buffer.from(ciphertext).toString('base64')}`) as readonly KeySpec[];
      const decrypt = createDataKeyDecrypter(client);
      expect(await loadKeys(specsOf(CiphertextBlob), decrypt)).toEqual([{ id: 'a', bytes }]);
      await expect(loadKeys(specsOf(Buffer.from('other')), decrypt)).rejects.toThrow(/KMS cannot decrypt the key a: /);
    } finally {
      client.destroy();
    }
  },
  30_000,
);
