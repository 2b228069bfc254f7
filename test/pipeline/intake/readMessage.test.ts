import { readMessage } from '@etl/pipeline/intake/readMessage';
import { created, onEventBridge, s3Object, sns } from '../../support/s3Events';

const read = (message: unknown) => readMessage(typeof message === 'string' ? message : JSON.stringify(message));

describe('messages of the intake', () => {
  test("decodes the key in S3's own format, including plus signs as spaces", () => {
    const { items, problems } = read(
      created(s3Object({ key: 'ventas/caf%C3%A9+a%2Bb_2026-02-08.csv', versionId: 'v1' })),
    );
    expect(problems).toEqual([]);
    expect(items).toEqual([
      {
        kind: 'file',
        file: {
          uri: 's3://raw-data-lake/ventas/café a+b_2026-02-08.csv',
          key: 'ventas/café a+b_2026-02-08.csv',
          mark: 'v1',
          landedAt: '2026-02-08T23:30:00.123Z',
        },
      },
    ]);
  });

  test("uses the key in EventBridge's format as it is", () => {
    const { items } = read(onEventBridge({ key: 'ventas/a+b 100%.csv', etag: 'e1', sequencer: 's1' }));
    expect(items).toMatchObject([
      { kind: 'file', file: { uri: 's3://raw-data-lake/ventas/a+b 100%.csv', mark: 'e1 s1' } },
    ]);
  });

  test('unwraps an SNS envelope around both formats', () => {
    const plain = created(s3Object({ key: 'a%20b.csv' }));
    expect(read(sns(plain))).toEqual(read(plain));
    const bridged = onEventBridge({ key: 'a b.csv' });
    expect(read(sns(bridged))).toEqual(read(bridged));
  });

  test('passes an event of this pipeline on unchanged, with its EventBridge ID', () => {
    const event = { detail: { s3Key: 'ventas/v.csv', batchDate: '2026-02-08', chunkRows: 10 } };
    expect(read(event).items).toMatchObject([{ kind: 'event', event }]);
    expect(read({ id: 'e-1', source: 'shop', ...event }).items).toMatchObject([{ kind: 'event', id: 'e-1' }]);
    expect(read(sns(event)).items).toMatchObject([{ kind: 'event', event }]);
  });

  test("reads landed files of sources other than S3 in this project's format", () => {
    const landed = { uri: 'file:///in/v.csv', key: 'v.csv', mark: '12', landedAt: '2026-02-08T01:00:00Z' };
    expect(read({ landed })).toEqual({ items: [{ kind: 'file', file: landed }], problems: [] });
    expect(read({ landed: { ...landed, mark: '' } }).problems).toEqual(['landed.mark: "" is empty']);
  });

  test('reads each record separately, so that an invalid one does not hide the others', () => {
    const { items, problems } = read({
      Records: [...created(s3Object({ key: 'a.csv' })).Records, { eventSource: 'aws:s3' }],
    });
    expect(items).toHaveLength(1);
    expect(problems).toEqual(['Records.1.eventName: is missing', 'Records.1.s3: is missing']);
  });

  test.each([
    ['the test event', { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'b' }, 'testEvent'],
    ['a removal', created(s3Object({ key: 'a.csv' }), 'ObjectRemoved:Delete'), 'notCreated'],
    ['a restoration', created(s3Object({ key: 'a.csv' }), 'ObjectRestore:Completed'), 'notCreated'],
    ['a removal from EventBridge', onEventBridge({ key: 'a.csv' }, 'Object Deleted'), 'notCreated'],
  ])('ignores %s', (_what, message, reason) => {
    expect(read(message)).toMatchObject({ items: [{ kind: 'ignored', reason }], problems: [] });
  });

  test.each([
    ['invalid JSON', 'hello\u0000', /^the message is not JSON: "hello\\u0000"$/],
    ['a list', [1], /^the message is not a JSON object/],
    ['an unrelated object', { hello: 1 }, /^unknown kind of event: "\{\\"hello\\":1\}"$/],
    ['an empty list of records', { Records: [] }, /^Records: is empty$/],
    ['a record of another service', { Records: [{ eventSource: 'aws:ses' }] }, /^Records\.0\.eventSource/],
    ['a key that is not encoded', created(s3Object({ key: '100%.csv' })), /key: "100%\.csv" is not URL-encoded$/],
    ['an event with an invalid date', { detail: { s3Key: 'a', batchDate: '2026-02-30' } }, /^detail\.batchDate/],
    ['an event with an invalid key', { detail: { s3Key: 'a', batchDate: '2026-02-08', x: 1 } }, /^detail\.x: unknown/],
    [
      'an event without a bucket and an object',
      { ...onEventBridge({ key: 'a' }), detail: {} },
      /^detail\.bucket: is missing/,
    ],
    [
      'a subscription',
      { Type: 'SubscriptionConfirmation', TopicArn: 't', Message: 'm' },
      /: confirm the subscription$/,
    ],
    ['an SNS envelope of text', sns('hello'), /^the message inside the SNS notification is not JSON: /],
  ])('reports %s as a problem', (_what, message, problem) => {
    const { items, problems } = read(message);
    expect(items).toEqual([]);
    expect(problems[0]).toMatch(problem);
  });
});
