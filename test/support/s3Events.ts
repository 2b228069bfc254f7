/** S3 events in the format that AWS documents. */
export interface S3Object {
  readonly key: string;
  readonly size?: number;
  readonly eTag?: string;
  readonly versionId?: string;
  readonly sequencer?: string;
}

export function s3Object(changes: Partial<S3Object> & { readonly key: string }): S3Object {
  return { size: 1024, eTag: 'd41d8cd98f00b204e9800998ecf8427e', sequencer: '0055AED6DCD90281E5', ...changes };
}

export function created(object: S3Object, eventName = 'ObjectCreated:Put', eventTime = '2026-02-08T23:30:00.123Z') {
  const bucket = { name: 'raw-data-lake', ownerIdentity: { principalId: 'A3' }, arn: 'arn:aws:s3:::raw-data-lake' };
  const s3 = { s3SchemaVersion: '1.0', configurationId: 'landed', bucket, object };
  return {
    Records: [{ eventVersion: '2.1', eventSource: 'aws:s3', awsRegion: 'us-east-1', eventTime, eventName, s3 }],
  };
}

export function onEventBridge(
  object: { readonly key: string; readonly etag?: string; readonly sequencer?: string; readonly 'version-id'?: string },
  detailType = 'Object Created',
) {
  return {
    version: '0',
    id: '17793124-05d4-b198-2fde-7ededc63b103',
    'detail-type': detailType,
    source: 'aws.s3',
    account: '123456789012',
    time: '2026-02-08T23:30:00Z',
    region: 'us-east-1',
    resources: ['arn:aws:s3:::raw-data-lake'],
    detail: { version: '0', bucket: { name: 'raw-data-lake' }, object: { size: 5, ...object }, reason: 'PutObject' },
  };
}

/** Wraps a message as SNS does for a subscription without raw delivery. */
export function sns(message: unknown) {
  const Message = typeof message === 'string' ? message : JSON.stringify(message);
  return { Type: 'Notification', MessageId: 'm', TopicArn: 'arn:aws:sns:us-east-1:123456789012:landed', Message };
}
