import { linksOf } from '../../report/run/links';
import { sampleView } from './fixtures';

const taskArn = 'arn:aws:ecs:eu-west-1:123456789012:task/etl/0123456789abcdef0123456789abcdef';
const settings = { uiUrl: 'http://127.0.0.1:8233/', namespace: 'default', isAws: true };

test('links lead to the run, the task, its log, and the files', () => {
  const links = linksOf(sampleView({ taskArn }), 's3://clean-data-lake/_etl/ventas/2026-02-08/a b', settings);
  expect(links.map(({ name, url }) => [name, url])).toEqual([
    [
      'Temporal Web UI',
      'http://127.0.0.1:8233/namespaces/default/workflows/etl%2Fventas%2F2026-02-08%2Fventas_norte/0198c3a1-7e57-7000-8000-000000000001/history',
    ],
    [
      'ECS console',
      expect.stringMatching(
        /^https:\/\/eu-west-1\.console\.aws\.amazon\.com\/ecs\/v2\/clusters\/etl\/tasks\/0123456789abcdef0123456789abcdef\?/,
      ),
    ],
    ['CloudWatch', expect.stringMatching(/\/tasks\/0123456789abcdef0123456789abcdef\/logs\?region=eu-west-1$/)],
    ['Source', undefined],
    [
      'Published',
      expect.stringMatching(/^https:\/\/console\.aws\.amazon\.com\/s3\/buckets\/clean-data-lake\?prefix=ventas%2F/),
    ],
    [
      'Commits and rejects',
      'https://console.aws.amazon.com/s3/buckets/clean-data-lake?prefix=_etl%2Fventas%2F2026-02-08%2Fa+b%2F',
    ],
  ]);
});

test('without a Web UI, AWS or a task, addresses are text', () => {
  const links = linksOf(sampleView({ published: 'file:///lake/ventas' }), undefined, {
    namespace: 'default',
    isAws: false,
  });
  expect(links.filter(({ url }) => url !== undefined)).toEqual([]);
  expect(links.map(({ name }) => name)).toEqual(['Source', 'Published']);
});
