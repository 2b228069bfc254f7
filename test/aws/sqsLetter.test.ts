import { deadLetterMarker } from '@etl/pipeline/layout';
import { letterOf, messageOf } from '../../aws/sqsLetter';

const letter = { event: {}, failureType: 'BadData', reason: 'r', workflowId: 'w', runId: 'run' };
const read = (marker: string) => letterOf({ MessageId: 'm', ...withBody(messageOf(letter, { key: 'k', marker })) });
const withBody = ({ MessageBody: Body, ...rest }: ReturnType<typeof messageOf>) => ({ Body, ...rest });

test('a letter names its marker', () => {
  for (const base of ['s3://clean-data-lake', 's3://clean-data-lake/team', 'file:///lake']) {
    const marker = deadLetterMarker(base, '0123456789abcdef0123456789abcdef');
    expect(read(marker)).toMatchObject({ key: 'k', marker });
  }
});

test.each([
  's3://raw-data-lake/ventas/dia.csv',
  's3://clean-data-lake/_etl/ventas/2026-02-08/dia/commits/000001.json',
  's3://clean-data-lake/_etl/_dead/../ventas.json',
  's3://clean-data-lake/_etl/_dead/a/b.json',
  's3://clean-data-lake/_dead/k.json',
  'file:///lake/_etl/_dead/../../secret.json',
  'file:///etc/passwd',
  'k.json',
])('a message cannot make another object its marker, which a redrive would remove: %s', (marker) => {
  expect(read(marker)).not.toHaveProperty('marker');
});
