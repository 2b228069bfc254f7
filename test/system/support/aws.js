/** Stands in for `aws s3 cp FILE URI`, on the endpoint of the environment. */
const { readFileSync } = require('node:fs');
const { PutObjectCommand, S3Client } = require('@aws-sdk/client-s3');

const [service, action, file, uri, ...more] = process.argv.slice(2);
const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri ?? '') ?? [];
if (service !== 's3' || action !== 'cp' || Key === undefined || more.length > 0) {
  throw new Error(`not supported: aws ${process.argv.slice(2).join(' ')}`);
}
new S3Client({ forcePathStyle: true }).send(new PutObjectCommand({ Bucket, Key, Body: readFileSync(file) }));
